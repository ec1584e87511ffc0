/** Time as a dependency: the one file of src/ that asks the system for it. */
export interface Clock {
  /** Milliseconds since 1970; may jump when somebody sets the clock. */
  now(): number;
  /** Milliseconds since some moment; never jumps. For measuring how long something lasts. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** setTimeout fires at once beyond this. */
const sleepMsMax = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(ms, sleepMsMax));
      signal.addEventListener('abort', done, { once: true });
    }),
};
