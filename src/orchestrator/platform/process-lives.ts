import type { Clock } from './clock.ts';
import { endFamily, findMain } from './process-family.ts';
import type { ProcessEnd } from './process-launch.ts';
import type { ProcessRecord, ProcessRecords } from './process-records.ts';
import type { ProcessTable } from './process-table.ts';
import { createSingleFlight } from './single-flight.ts';

export interface ProcessLives {
  /** For a child of ours, whose end the system tells us. Any other one on record is adopted: we must look. */
  attend(record: ProcessRecord, ended: Promise<ProcessEnd>): void;
  /** How it is now. A death that comes to light is concluded first. */
  look(record: ProcessRecord): Promise<Sight>;
  /** Brings to light which of the adopted ones have died. */
  lookAfterAdopted(): Promise<void>;
  /** Resolves when the main process has ended; for an adopted one only until `signal` aborts. */
  ended(record: ProcessRecord, signal: AbortSignal): Promise<void>;
  /** After the main process's end: ends all that it left behind, then puts its exit on record. */
  conclude(instanceId: string): Promise<void>;
}

export interface Sight {
  readonly status: 'running' | 'paused' | 'exited';
  readonly record: ProcessRecord;
}

export interface LivesOptions {
  readonly records: ProcessRecords;
  readonly table: ProcessTable;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  readonly onEnded: (agentType: string) => void;
  /** Where the log of the ended instance stops. */
  readonly logEnd: (record: ProcessRecord) => Promise<number>;
}

type Exit = NonNullable<ProcessRecord['exit']>;

const pollMs = 50;

/** Every life ends once: whoever notices first concludes it, everybody else waits for that. */
export function createProcessLives({ records, table, clock, ...on }: LivesOptions): ProcessLives {
  const own = new Map<string, Promise<Exit>>();
  /** Adopted ones that we have seen alive, so that their death is news of this moment. */
  const seenAlive = new Set<string>();
  const conclusions = createSingleFlight<void>();
  const conclude = (instanceId: string) => conclusions(instanceId, () => concludeOnce(instanceId));

  async function concludeOnce(instanceId: string): Promise<void> {
    const record = await records.read(instanceId);
    if (!record || record.exit) return;
    const seen = own.has(instanceId) || seenAlive.has(instanceId);
    const exit = (await own.get(instanceId)) ?? exitOfAdopted(record, seen ? clock.now() : null);
    await endFamily({ table, clock, record, death: seen ? 'seen' : 'missed' });
    if (await isMineToTell(instanceId))
      await records.write({ ...record, log: { ...record.log, to: await on.logEnd(record) }, exit });
    own.delete(instanceId);
    seenAlive.delete(instanceId);
    on.onEnded(record.agentType);
  }

  /** The parent knows the exit code: an adopter with the same home, a second replica, never overwrites its word. */
  const isMineToTell = async (instanceId: string) => own.has(instanceId) || !(await records.read(instanceId))?.exit;

  async function look(record: ProcessRecord): Promise<Sight> {
    if (record.exit) return { status: 'exited', record };
    const main = await findMain(table, record);
    if (main) {
      seenAlive.add(record.instanceId);
      return { status: main.paused ? 'paused' : 'running', record };
    }
    await conclude(record.instanceId);
    return { status: 'exited', record: (await records.read(record.instanceId)) ?? record };
  }

  return {
    conclude,
    look,
    attend(record, ended) {
      const exit = exitOfOwn(clock, ended);
      own.set(record.instanceId, exit);
      void exit.then(() => conclude(record.instanceId)).catch(on.onError);
    },
    async lookAfterAdopted() {
      const adopted = (await records.list()).filter(({ exit, instanceId }) => !(exit || own.has(instanceId)));
      await Promise.all(adopted.map(look));
    },
    async ended(record, signal) {
      if (own.has(record.instanceId)) await own.get(record.instanceId);
      else while (!signal.aborted && (await findMain(table, record))) await clock.sleep(pollMs, signal);
    },
  };
}

async function exitOfOwn(clock: Clock, ended: Promise<ProcessEnd>): Promise<Exit> {
  const startedAt = clock.monotonic();
  const { code, signal } = await ended;
  const ranForMs = Math.round(clock.monotonic() - startedAt);
  // SIGABRT is V8's way out when its heap is full. A kernel out of memory sends SIGKILL and leaves no trace of why.
  return { at: clock.now(), ranForMs, code, signal, oomKilled: signal === 'SIGABRT' || code === 134 };
}

/** Nobody was there to take its exit code. */
const exitOfAdopted = ({ startedAt }: ProcessRecord, at: number | null): Exit => ({
  at,
  ranForMs: at === null ? null : Math.max(at - startedAt, 0),
  code: null,
  signal: null,
  oomKilled: false,
});
