import { EventEmitter, once } from 'node:events';
import type { ObservedExit } from '../agents/runtime.ts';
import { exitOf } from './docker-exit.ts';

/** One of the engine's events about a container. */
export interface ContainerEvent {
  readonly containerId: string;
  readonly action: string;
  /** Milliseconds since 1970, by the engine's clock. */
  readonly at: number;
  /** With `die` alone. */
  readonly exitCode: number | undefined;
}

/**
 * Ends as the engine's events tell them. After `die` the engine holds the container while it takes its network apart,
 * for a tenth of a second and more: a list still shows it running, and an inspection waits. The event itself has all that
 * we need. And it stays true: a container that somebody starts again after its end lives a life that we did not give it.
 */
export interface ToldEnds {
  note(event: ContainerEvent): void;
  of(containerId: string): ObservedExit | undefined;
  /** Resolves once its end is told, which is never while nobody watches. */
  until(containerId: string, signal: AbortSignal): Promise<void>;
  /** Events may have been missed: from here on the engine's answers count alone. */
  forget(): void;
}

export function createToldEnds(): ToldEnds {
  const ends = new Map<string, ObservedExit>();
  const outOfMemory = new Set<string>();
  // Many may be stopped at once.
  const told = new EventEmitter().setMaxListeners(0);

  function end({ containerId, at, exitCode }: ContainerEvent): void {
    if (exitCode === undefined || ends.has(containerId)) return;
    ends.set(
      containerId,
      exitOf({ code: exitCode, oomKilled: outOfMemory.has(containerId), startedAt: undefined, at }),
    );
    told.emit(containerId);
  }

  function forget(containerId: string): void {
    ends.delete(containerId);
    outOfMemory.delete(containerId);
  }

  return {
    note(event) {
      // The engine tells that memory ran out before it tells the end.
      if (event.action === 'oom') outOfMemory.add(event.containerId);
      if (event.action === 'die') end(event);
      if (event.action === 'destroy') forget(event.containerId);
    },
    of: (containerId) => ends.get(containerId),
    async until(containerId, signal) {
      if (!ends.has(containerId)) await once(told, containerId, { signal });
    },
    forget() {
      ends.clear();
      outOfMemory.clear();
    },
  };
}
