import { inBatches } from '../platform/batches.ts';
import type { Postgres } from '../platform/postgres.ts';
import { deleteEvents, type EventQuery, readEvents, readHorizon, readRelayCursor, saveRelayCursor } from './store.ts';

export type EventService = ReturnType<typeof createEventService>;

export function createEventService({ db }: Postgres) {
  return {
    list: (query: EventQuery) => readEvents(db, query),
    readAfter: (after: number, limit: number) => readEvents(db, { after, limit }),
    forgetOld: (before: number, signal: AbortSignal) => inBatches((limit) => deleteEvents(db, before, limit), signal),
    horizon: () => readHorizon(db),
    /** A log that was never relayed is relayed from its beginning. */
    relayCursor: async () => (await readRelayCursor(db)) ?? 0,
    saveRelayCursor: (seq: number) => saveRelayCursor(db, seq),
  };
}
