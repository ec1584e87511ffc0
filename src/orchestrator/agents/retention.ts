import { inBatches } from '../platform/batches.ts';
import type { Postgres } from '../platform/postgres.ts';
import { deleteHistory, deleteInstances, deleteLoops } from './store.ts';

/** Removes what is on record about agents from before: actions, loops and lives that have ended. Returns how many rows went. */
export async function forgetPast({ db }: Postgres, before: number, signal: AbortSignal): Promise<number> {
  let removed = 0;
  for (const remove of [deleteHistory, deleteLoops, deleteInstances]) {
    removed += await inBatches((limit) => remove(db, before, limit), signal);
  }
  return removed;
}
