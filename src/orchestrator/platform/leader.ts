import type pg from 'pg';
import { channels } from '../events/topics.ts';
import type { Clock } from './clock.ts';

/** The advisory lock that makes one replica the leader. Any number will do, as long as nobody else uses it. */
const leaderLock = 7_261_003;

/** What runs on the leader alone. */
export interface Term {
  /** NOTIFY arrives on the connection that holds the lock. */
  onNotification(channel: string, payload: string): void;
  stop(): Promise<void>;
}

export interface Leadership {
  start(): void;
  isLeader(): boolean;
  stop(): Promise<void>;
}

interface LeadershipDeps {
  readonly connect: (queryTimeoutMs: number) => Promise<pg.Client>;
  readonly clock: Clock;
  /** Between two attempts to take the lock; a dead leader is followed within this and the server's own notice. */
  readonly retryMs: number;
  /** `number` is higher than that of any term before. */
  readonly beginTerm: (number: number) => Promise<Term>;
  readonly onError: (error: unknown) => void;
}

/**
 * Waits for the lock, leads as long as the connection that holds it lives, waits again. Losing the connection
 * ends the term: the server has given the lock away by then, or soon will. Between the loss and our noticing it there
 * may be two who think they lead: the term's number tells them apart (events/fence.ts).
 */
export function createLeadership({ connect, clock, retryMs, beginTerm, onError }: LeadershipDeps): Leadership {
  const stopping = new AbortController();
  let leading = false;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await tryToLead();
      } catch (error) {
        onError(error);
      }
      await clock.sleep(retryMs, stopping.signal);
    }
  }

  async function tryToLead(): Promise<void> {
    const client = await connect(answerMsMax);
    const lost = new AbortController();
    client.on('error', (error) => {
      onError(error);
      lost.abort();
    });
    client.on('end', () => lost.abort());
    try {
      while (!(await takeLock(client))) {
        await clock.sleep(retryMs, AbortSignal.any([stopping.signal, lost.signal]));
        if (stopping.signal.aborted || lost.signal.aborted) return;
      }
      await lead(client, AbortSignal.any([stopping.signal, lost.signal]));
    } finally {
      // Ending the session releases the lock. A broken connection has nothing left to end.
      if (!lost.signal.aborted) await client.end();
    }
  }

  async function lead(client: pg.Client, over: AbortSignal): Promise<void> {
    const term = await beginTerm(await countTerm(client));
    leading = true;
    try {
      client.on('notification', ({ channel, payload }) => term.onNotification(channel, payload ?? ''));
      for (const channel of Object.values(channels)) await client.query(`listen ${channel}`);
      while (!over.aborted) {
        await clock.sleep(probeMs, over);
        // A connection that died without a word is noticed here, not at the next NOTIFY.
        if (!over.aborted) await client.query('select 1');
      }
    } finally {
      leading = false;
      await term.stop();
    }
  }

  return {
    start() {
      running ??= run();
    },
    isLeader: () => leading,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

const probeMs = 2_000;
/** A connection that does not answer for longer is lost, and the lock may be another's. */
const answerMsMax = 3_000;

async function takeLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [leaderLock]);
  return rows[0]?.taken === true;
}

/** Waits for the last transactions of the term before, and makes every later one of it fail. */
async function countTerm(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ term: string }>(
    `insert into leader_terms (singleton, term) values ('leader', 1)
     on conflict (singleton) do update set term = leader_terms.term + 1 returning term`,
  );
  return Number(rows[0]?.term);
}
