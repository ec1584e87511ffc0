import type { EventType } from '../../contracts/event.ts';
import { inBatches } from '../platform/batches.ts';
import type { Postgres, Queryable } from '../platform/postgres.ts';
import { type EventSearch, searchEvents } from './search.ts';
import { deleteEvents, type EventQuery, readCursor, readEvents, readHorizon, saveCursor } from './store.ts';

export type EventService = ReturnType<typeof createEventService>;

export function createEventService({ db }: Postgres) {
  return {
    list: (query: EventQuery) => readEvents(db, query),
    search: (search: EventSearch) => searchEvents(db, search),
    readAfter: (after: number, limit: number) => readEvents(db, { after, limit }),
    forgetOld: (before: number, signal: AbortSignal) => inBatches((limit) => deleteEvents(db, before, limit), signal),
    horizon: () => readHorizon(db),
    /** A log that was never relayed is relayed from its beginning. */
    relayCursor: async () => (await readCursor(db, 'bus')) ?? 0,
    saveRelayCursor: (seq: number) => saveCursor(db, 'bus', seq),
    /** For readers of their own pace, each by its name: it is saved with what was made of the events, in one transaction. */
    cursorOf: async (reader: string) => (await readCursor(db, reader)) ?? 0,
    saveCursor: (tx: Queryable, reader: string, seq: number) => saveCursor(tx, reader, seq),
    readTypesAfter: (types: readonly EventType[], after: number, limit: number) =>
      readEvents(db, { types, after, limit }),
  };
}
