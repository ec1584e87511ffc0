import type { WebSocket } from 'ws';
import type { BoardroomEvent } from '../../contracts/event.ts';
import { closeCodes } from '../../contracts/gateway.ts';
import type { Clock } from '../platform/clock.ts';
import type { Feed } from './feed.ts';
import { framesOf, type Packet, packed } from './frames.ts';

/**
 * One client's place in the log. It is either replaying (pages from Postgres, each awaited) or live (frames as
 * the feed hands them on); it turns live in the same tick in which it has caught up with the feed, so that
 * nothing falls between and nothing comes twice.
 */
export interface Reader {
  start(): void;
  subscribe(wish: { topics?: readonly string[] | undefined; since?: number | undefined }): void;
  live(seq: number, packets: readonly Packet[]): void;
  passing(packet: Packet): void;
  stop(): void;
}

interface ReaderDeps {
  readonly client: WebSocket;
  /** To the client's socket, past the client: frames are the same for all. */
  readonly write: (frame: Buffer, onSent?: () => void) => void;
  readonly clock: Clock;
  readonly feed: Feed;
  readonly readAfter: (after: number, limit: number) => Promise<readonly BoardroomEvent[]>;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** A client that reads slower than news comes is cut off, and returns with `since`. */
const unsentBytesMax = 1024 * 1024;
const pageSize = 200;
/** A new client’s first word, with its place in the log, comes within a round trip, and that may be far. What comes meanwhile waits. */
const greetingMs = 1_500;
const retryMs = 1_000;

export function createReader({ client, write, clock, feed, readAfter, signal, onError }: ReaderDeps): Reader {
  const stopped = new AbortController();
  const over = AbortSignal.any([signal, stopped.signal]);
  let cursor = feed.position();
  let mode: 'greeting' | 'replaying' | 'live' = 'greeting';
  let topics: ReadonlySet<string> | undefined;
  /** Counts the client's changes of place: a page read for an older wish is dropped. */
  let wishes = 0;

  function send({ topics: names, frame }: Packet, onSent?: () => void): void {
    if (topics && !names.some((name) => topics?.has(name))) return onSent?.();
    // After the close frame there is nothing more to say.
    if (client.readyState !== client.OPEN) return onSent?.();
    if (client.bufferedAmount > unsentBytesMax) {
      client.close(closeCodes.tooMuchUnsent, 'too slow; reconnect with since');
      return onSent?.();
    }
    write(frame, onSent);
  }

  async function replay(): Promise<void> {
    mode = 'replaying';
    while (mode === 'replaying' && !over.aborted && client.readyState === client.OPEN) {
      try {
        const wish = wishes;
        const page = await readAfter(cursor, pageSize);
        for (const event of page) {
          if (wish === wishes) await deliver(event);
        }
        if (wish !== wishes) continue;
        if (page.length === 0 && cursor >= feed.position()) mode = 'live';
        else if (page.length === 0) await clock.sleep(catchUpMs, over);
      } catch (error) {
        onError(error);
        await clock.sleep(retryMs, over);
      }
    }
  }

  async function deliver(event: BoardroomEvent): Promise<void> {
    cursor = event.seq;
    for (const packet of framesOf(event).map(packed)) {
      // Paced by the client itself: the next page waits until this one is on its way.
      await new Promise<void>((resolve) => send(packet, resolve));
    }
  }

  return {
    start() {
      void clock.sleep(greetingMs, over).then(() => {
        if (mode === 'greeting' && !over.aborted) void replay();
      });
    },
    subscribe(wish) {
      if (wish.topics) topics = new Set(wish.topics);
      if (wish.since !== undefined) {
        cursor = wish.since;
        wishes += 1;
      }
      if (mode === 'greeting' || (mode === 'live' && wish.since !== undefined)) void replay();
    },
    live(seq, packets) {
      if (mode !== 'live' || seq <= cursor) return;
      cursor = seq;
      for (const packet of packets) send(packet);
    },
    // It has no place in the log, so it needs no place in its order.
    passing: (packet) => send(packet),
    stop: () => stopped.abort(),
  };
}

/** The feed knows an event that the database did not show yet: look again shortly. */
const catchUpMs = 20;
