import { z } from 'zod';
import { type BoardroomEvent, eventSchema } from '../../contracts/event.ts';
import { seqSchema } from '../../contracts/primitives.ts';
import type { Clock } from '../platform/clock.ts';

/** What the relay publishes: `events` follow directly on `previous`; nothing settled lies between. */
export const eventBatchSchema = z.object({ previous: seqSchema, events: z.array(eventSchema).min(1) });
export type EventBatch = z.infer<typeof eventBatchSchema>;

/**
 * This replica's view of the log: each event once, in order, without a gap. Batches from the relay are the
 * fast way; whatever they leave out is read from Postgres, at once when a batch does not follow on the last
 * one, and every `catchUpMs` when no batch comes at all.
 */
export interface Feed {
  /** Takes the place in the log to begin at. */
  start(from: number): void;
  receive(batch: EventBatch): void;
  /** Resolves when what was committed before the call has been handed on, as far as the log can be read. */
  catchUp(): Promise<void>;
  /** The last event handed on. */
  position(): number;
  onEvent(listener: (event: BoardroomEvent) => void): () => void;
  stop(): Promise<void>;
}

interface FeedDeps {
  readonly clock: Clock;
  readonly read: (after: number, limit: number) => Promise<readonly BoardroomEvent[]>;
  readonly catchUpMs: number;
  readonly onError: (error: unknown) => void;
}

const pageSize = 500;

export function createFeed({ clock, read, catchUpMs, onError }: FeedDeps): Feed {
  const listeners = new Set<(event: BoardroomEvent) => void>();
  const stopping = new AbortController();
  let position = 0;
  let catchingUp: Promise<void> | undefined;
  let again = false;
  let running: Promise<void> | undefined;

  function hand(events: readonly BoardroomEvent[]): void {
    for (const event of events) {
      if (event.seq <= position) continue;
      position = event.seq;
      for (const listener of listeners) listener(event);
    }
  }

  function catchUp(): Promise<void> {
    again = true;
    catchingUp ??= readOn();
    return catchingUp;
  }

  async function readOn(): Promise<void> {
    while (again && !stopping.signal.aborted) {
      again = false;
      try {
        const page = await read(position, pageSize);
        hand(page);
        again ||= page.length === pageSize;
      } catch (error) {
        onError(error);
      }
    }
    // In the turn in which the last look ended: a batch that comes after this begins a new one.
    catchingUp = undefined;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await catchUp();
      await clock.sleep(catchUpMs, stopping.signal);
    }
  }

  return {
    start(from) {
      position = from;
      running ??= run();
    },
    receive(batch) {
      if (stopping.signal.aborted || running === undefined) return;
      // A batch that begins at or before our position leaves no gap; hand() skips what we have.
      if (batch.previous <= position && catchingUp === undefined) hand(batch.events);
      else void catchUp();
    },
    catchUp,
    position: () => position,
    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async stop() {
      stopping.abort();
      await running;
      await catchingUp;
    },
  };
}
