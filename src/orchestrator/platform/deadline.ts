import type { Clock } from './clock.ts';

export interface Deadline {
  readonly clock: Clock;
  readonly ms: number;
  /** What is too late then, for the error: "listing containers". */
  readonly what: string;
}

/**
 * Rejects when `work` is not done in time, and aborts the signal it was given. The race is not left to that signal:
 * a peer that dies in the middle of an answer can leave a promise behind that nothing ever settles.
 */
export async function withDeadline<T>(deadline: Deadline, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const done = new AbortController();
  const expired = new AbortController();
  const tooLate = deadline.clock.sleep(deadline.ms, done.signal).then((): never => {
    const error = new Error(`${deadline.what}: no answer within ${deadline.ms} ms`);
    // Done in time: what came of the work may live on, a stream for one, so its signal stays as it is.
    if (!done.signal.aborted) expired.abort(error);
    throw error;
  });
  try {
    return await Promise.race([work(expired.signal), tooLate]);
  } finally {
    done.abort();
  }
}
