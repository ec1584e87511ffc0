import type { Clock } from './clock.ts';

/** Beats regularly, and tells when nothing was heard for too many beats. */
export interface Heartbeat {
  /** Begins anew with this rhythm. */
  start(everyMs: number): void;
  heard(): void;
  stop(): void;
}

export interface HeartbeatOptions {
  readonly clock: Clock;
  readonly beat: () => void;
  /** Called once; the heart has stopped. */
  readonly lost: (because: string) => void;
}

const silentBeatsMax = 3;

/** Counts beats and not milliseconds: a machine that slept has not lost its peer. */
export function createHeartbeat({ clock, beat, lost }: HeartbeatOptions): Heartbeat {
  let running = new AbortController();
  let silentBeats = 0;

  async function keepBeating(everyMs: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      await clock.sleep(everyMs, signal);
      if (signal.aborted) return;
      silentBeats += 1;
      if (silentBeats >= silentBeatsMax) return lost(`nothing heard for ${silentBeatsMax} heartbeats`);
      beat();
    }
  }

  return {
    start(everyMs) {
      running.abort();
      running = new AbortController();
      silentBeats = 0;
      // Rejects never: neither the sleep nor a beat does.
      void keepBeating(everyMs, running.signal);
    },
    heard() {
      silentBeats = 0;
    },
    stop() {
      running.abort();
    },
  };
}
