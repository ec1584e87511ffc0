import { backoffMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import { TemporaryError } from './http.ts';

/** The time a loop has. */
export interface Turn {
  readonly clock: Clock;
  /** Aborts when the time is up or the agent stops. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

/**
 * Repeats what may pass by itself, until the turn's end; only for what is safe to repeat.
 * Gives up at once when the wait asked of it would outlive the turn.
 */
export async function persist<T>({ clock, signal, endsAt }: Turn, attempt: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TemporaryError)) throw error;
      const waitMs = Math.max(error.retryAfterMs ?? 0, backoffMs(failures, clock.random()));
      if (clock.now() + waitMs >= endsAt) {
        throw new Error(`gave up at attempt ${failures + 1}: ${error.message}`, { cause: error });
      }
      await clock.sleep(waitMs, signal);
      signal.throwIfAborted();
    }
  }
}
