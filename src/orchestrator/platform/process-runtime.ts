import { access, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObservedContainer, Runtime } from '../agents/runtime.ts';
import type { Clock } from './clock.ts';
import { createProcessLives, type Sight } from './process-lives.ts';
import { endOf, readLog } from './process-log.ts';
import { createProcessRecords, type ProcessRecord } from './process-records.ts';
import { startProcess } from './process-start.ts';
import { stopProcess } from './process-stop.ts';
import type { ProcessTable } from './process-table.ts';
import { systemProcessTable } from './process-table-system.ts';
import { createSingleFlight } from './single-flight.ts';
import { textStream } from './text-stream.ts';

export interface ProcessRuntimeOptions {
  /** The agent's bundle, run by the Node that runs us. */
  readonly entry: string;
  /** Holds run/, logs/ and workspaces/. */
  readonly home: string;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  readonly table?: ProcessTable;
}

type Hint = (agentType: string | undefined) => void;

const adoptedPollMs = 1_000;

/**
 * Agents as processes of this machine, for a start without Docker. It isolates nothing: an agent may do what the
 * orchestrator's user may, its heap is limited by V8 alone, its processors and processes not at all.
 */
export function createProcessRuntime(options: ProcessRuntimeOptions): Runtime {
  const { entry, home, clock, onError, table = systemProcessTable() } = options;
  const records = createProcessRecords(join(home, 'run'));
  const logOf = (agentType: string) => join(home, 'logs', `${agentType}.log`);
  const watchers = new Set<Hint>();
  const onEnded: Hint = (agentType) => watchers.forEach((hint) => void hint(agentType));
  const logEnd = ({ agentType, log }: ProcessRecord) => endOf(logOf(agentType), log);
  const lives = createProcessLives({ records, table, clock, onError, onEnded, logEnd });
  const starts = createSingleFlight<void>();

  async function list(agentType?: string): Promise<readonly ObservedContainer[]> {
    return (await Promise.all((await records.list(agentType)).map(lives.look))).map(observed);
  }

  async function stop(containerId: string, graceMs: number): Promise<void> {
    const record = await records.read(instanceOf(containerId));
    if (record) await stopProcess({ lives, table, clock }, record, graceMs);
  }

  return {
    kind: 'process',
    list: () => list(),
    inspect: list,
    stop,
    async ping() {
      await access(entry);
      await mkdir(home, { recursive: true });
    },
    async artifact() {
      const { size, mtimeMs } = await stat(entry);
      return `${entry} ${size} ${mtimeMs}`;
    },
    gatewayFor: async () => ({ listenHost: '127.0.0.1', reachableHost: '127.0.0.1' }),
    async start(spec, confirm) {
      const logFile = logOf(spec.agentType);
      await starts(spec.instanceId, () =>
        startProcess({ entry, home, logFile, records, lives, table, clock, confirm }, spec),
      );
      return { containerId: containerOf(spec.instanceId) };
    },
    async remove(containerId) {
      await stop(containerId, 0);
      await records.remove(instanceOf(containerId));
    },
    async logs(containerId, log) {
      const record = await records.read(instanceOf(containerId));
      if (!record) throw new Error(`There is no process ${containerId}`);
      const left = new AbortController();
      const signal = AbortSignal.any([log.signal, left.signal]);
      const part = async () => (await records.read(record.instanceId))?.log;
      return textStream(readLog({ ...log, signal, file: logOf(record.agentType), clock, part }), () => left.abort());
    },
    async watch(onHint, signal) {
      watchers.add(onHint);
      onHint(undefined);
      while (!signal.aborted) {
        await lives.lookAfterAdopted().catch(onError);
        await clock.sleep(adoptedPollMs, signal);
      }
      watchers.delete(onHint);
    },
  };
}

/** Of the instance, not of the pid: known before there is a process, it makes starting idempotent. */
const prefix = 'proc_';
const containerOf = (instanceId: string) => `${prefix}${instanceId}`;
const instanceOf = (containerId: string) => containerId.slice(prefix.length);

const observed = ({ status, record }: Sight): ObservedContainer => ({
  containerId: containerOf(record.instanceId),
  instanceId: record.instanceId,
  agentType: record.agentType,
  specHash: record.specHash,
  status,
  exit: record.exit
    ? { ...record.exit, at: record.exit.at ?? undefined, ranForMs: record.exit.ranForMs ?? undefined }
    : undefined,
});
