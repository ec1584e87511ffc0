import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { constrainedMemory, memoryUsage } from 'node:process';
import type pg from 'pg';

/** Each as a part of what there is: 1 when nothing is left. */
export interface Pressure {
  readonly disk: number;
  readonly memory: number;
  /** Requests that wait for a connection, for each connection there is. */
  readonly pool: number;
}

/** What this process presses against right now. */
export async function readPressure(home: string, pool: pg.Pool): Promise<Pressure> {
  const { blocks, bavail } = await statfs(home);
  // Without a limit of its own the process is told an absurd number.
  const memory = Math.min(constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());
  return {
    disk: blocks === 0 ? 0 : 1 - bavail / blocks,
    memory: memoryUsage.rss() / memory,
    pool: pool.waitingCount / pool.options.max,
  };
}
