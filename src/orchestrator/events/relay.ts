import type { BoardroomEvent } from '../../contracts/event.ts';
import type { Clock } from '../platform/clock.ts';
import type { EventBatch } from './feed.ts';

/**
 * Publishes the log, in order, each event at least once. Runs on the leader only; woken by a hint after a
 * commit, and by a timer because hints get lost.
 */
export interface Relay {
  start(): void;
  wake(): void;
  stop(): Promise<void>;
}

interface RelayDeps {
  readonly clock: Clock;
  readonly readCursor: () => Promise<number>;
  readonly saveCursor: (seq: number) => Promise<void>;
  readonly read: (after: number, limit: number) => Promise<readonly BoardroomEvent[]>;
  readonly publish: (batch: EventBatch) => void;
  readonly pollMs: number;
  readonly onError: (error: unknown) => void;
}

const pageSize = 200;

export function createRelay(deps: RelayDeps): Relay {
  const stopping = new AbortController();
  let nap = new AbortController();
  let running: Promise<void> | undefined;
  let cursor: number | undefined;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      nap = new AbortController();
      try {
        await publishAll();
      } catch (error) {
        deps.onError(error);
      }
      await deps.clock.sleep(deps.pollMs, AbortSignal.any([nap.signal, stopping.signal]));
    }
  }

  async function publishAll(): Promise<void> {
    cursor ??= await deps.readCursor();
    while (!stopping.signal.aborted) {
      const events = await deps.read(cursor, pageSize);
      const last = events.at(-1);
      if (!last) return;
      deps.publish({ previous: cursor, events: [...events] });
      // After publishing: a crash in between publishes again, and every feed drops what it has.
      await deps.saveCursor(last.seq);
      cursor = last.seq;
    }
  }

  return {
    start() {
      running ??= run();
    },
    wake: () => nap.abort(),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
