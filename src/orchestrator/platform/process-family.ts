import type { Clock } from './clock.ts';
import type { ProcessRecord } from './process-records.ts';
import type { ProcessRow, ProcessTable } from './process-table.ts';

/** In the environment of an instance's main process, and so of all that it starts. */
export const markerName = 'BOARDROOM_INSTANCE';

/** The main process while it lives; never another one that got its pid. */
export async function findMain(
  table: ProcessTable,
  { pid, startTime }: ProcessRecord,
): Promise<ProcessRow | undefined> {
  const row = await table.find(pid);
  return row?.startTime === startTime ? row : undefined;
}

/** True when there was a process to signal. */
export async function signalMain(table: ProcessTable, record: ProcessRecord, signal: NodeJS.Signals): Promise<boolean> {
  const main = await findMain(table, record);
  if (main) kill(main.pid, signal);
  return main !== undefined;
}

export interface FamilyOptions {
  readonly table: ProcessTable;
  readonly clock: Clock;
  readonly record: ProcessRecord;
  /** `seen`: we were there when the main process died, or it lives. `missed`: it died who knows when. */
  readonly death: 'seen' | 'missed';
}

const roundMs = 5;

/** Ends all that the instance started, and what may be left of itself. Resolves when nothing of it runs. */
export async function endFamily(options: FamilyOptions): Promise<void> {
  const marker = `${markerName}=${options.record.instanceId}`;
  const { startTime: eldest } = options.record;
  const forever = new AbortController().signal;
  // Round after round: one may have been born while we were killing the others.
  for (;;) {
    const members = await options.table.membersOf({ group: await groupOf(options), marker, eldest });
    if (members.length === 0) return;
    for (const { pid } of members) kill(pid, 'SIGKILL');
    await options.clock.sleep(roundMs, forever);
  }
}

/**
 * The kernel gives a pid away only after the last process of the group it names is gone. So if somebody else has it now,
 * nothing is left of our group. If nobody has it, the group is ours only if we know that nobody had it in between.
 */
async function groupOf({ table, record, death }: FamilyOptions): Promise<number | undefined> {
  const row = await table.find(record.pid);
  if (row) return row.startTime === record.startTime ? record.pid : undefined;
  return death === 'seen' ? record.pid : undefined;
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Gone since we looked, which is as good.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
