import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { InstanceSpec } from '../agents/runtime.ts';
import type { Clock } from './clock.ts';
import { markerName } from './process-family.ts';
import { type HeldProcess, launchHeld } from './process-launch.ts';
import type { ProcessLives } from './process-lives.ts';
import { openForAppend } from './process-log.ts';
import type { ProcessRecord, ProcessRecords } from './process-records.ts';
import type { ProcessTable } from './process-table.ts';

export interface StartOptions {
  readonly entry: string;
  readonly home: string;
  readonly logFile: string;
  readonly records: ProcessRecords;
  readonly lives: ProcessLives;
  readonly table: ProcessTable;
  readonly clock: Clock;
  readonly confirm: (() => Promise<void>) | undefined;
}

/** Launch, put on record, let go: in this order, so that whenever we die no process runs that nobody knows of. */
export async function startProcess(options: StartOptions, spec: InstanceSpec): Promise<void> {
  const { entry, home, logFile, records, lives } = options;
  if (spec.image !== undefined) throw new Error(`An image (${spec.image}) needs containers: set AGENT_RUNTIME=docker`);
  // One that has already run stays ended: an instance lives once, and a second life would hide how the first ended.
  if (await records.read(spec.instanceId)) return;
  const folder = join(home, 'workspaces', spec.agentType);
  for (const needed of [folder, dirname(logFile)]) await mkdir(needed, { recursive: true, mode: 0o700 });
  const log = await openForAppend(logFile);
  try {
    const environment = environmentOf(spec, folder);
    const child = await launchHeld({ entry, folder, environment, output: log.handle.fd });
    const record = await putOnRecord(options, { spec, child, log: log.part });
    lives.attend(record, child.ended);
    child.release();
  } finally {
    await log.handle.close();
  }
}

interface Launched {
  readonly spec: InstanceSpec;
  readonly child: HeldProcess;
  readonly log: ProcessRecord['log'];
}

async function putOnRecord(
  { table, clock, records, confirm }: StartOptions,
  { spec, child, log }: Launched,
): Promise<ProcessRecord> {
  const { instanceId, agentType, specHash } = spec;
  const { pid } = child;
  try {
    const row = await table.find(pid);
    if (!row) throw new Error(`The process of ${agentType} has ended before it began`);
    const { startTime } = row;
    const record = { instanceId, agentType, specHash, pid, startTime, startedAt: clock.now(), log, exit: null };
    await confirm?.();
    await records.write(record);
    return record;
  } catch (error) {
    child.abandon();
    throw error;
  }
}

/** Nothing of the orchestrator's own environment, which may hold keys. */
const environmentOf = ({ instanceId, environment, resources }: InstanceSpec, folder: string) => ({
  PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
  HOME: folder,
  LANG: 'C.UTF-8',
  NODE_OPTIONS: `--max-old-space-size=${Math.floor(resources.memory / 2)}`,
  ...environment,
  [markerName]: instanceId,
});
