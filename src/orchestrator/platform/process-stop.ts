import type { Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { signalMain } from './process-family.ts';
import type { ProcessLives } from './process-lives.ts';
import type { ProcessRecord } from './process-records.ts';
import type { ProcessTable } from './process-table.ts';

export interface StopOptions {
  readonly lives: ProcessLives;
  readonly table: ProcessTable;
  readonly clock: Clock;
}

/** A killed process can still hang in the kernel; then a stop fails instead of lasting for ever. */
const killMsMax = 15_000;

/** Asks, waits for the grace, kills; then ends all that it started. */
export async function stopProcess(options: StopOptions, record: ProcessRecord, graceMs: number): Promise<void> {
  const { lives, table, clock } = options;
  if (record.exit) return;
  if (await signalMain(table, record, 'SIGTERM')) {
    // A paused process hears nothing before it is woken.
    await signalMain(table, record, 'SIGCONT');
    const over = new AbortController();
    await Promise.race([lives.ended(record, over.signal), clock.sleep(graceMs, over.signal)]);
    over.abort();
    await signalMain(table, record, 'SIGKILL');
  }
  await withDeadline({ clock, ms: killMsMax, what: `killing ${record.agentType}` }, () =>
    lives.conclude(record.instanceId),
  );
}
