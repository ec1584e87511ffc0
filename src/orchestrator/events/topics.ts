/** What travels over the bus. */
export const topics = {
  /** Batches of events from the relay: see `eventBatchSchema`. */
  events: 'events',
  /** What agents say while they work; not kept. */
  workerLog: 'worker_log',
} as const;

/** What travels by NOTIFY: it needs no Redis, and reaches the leader wherever it is. */
export const channels = {
  /** Somebody committed events. */
  events: 'boardroom_events',
  /** An agent deserves a look; the payload is its type. */
  reconcile: 'boardroom_reconcile',
  /** Somebody committed documents. */
  documents: 'boardroom_documents',
} as const;
