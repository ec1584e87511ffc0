import { randomUUID } from 'node:crypto';

/** Time and chance as dependencies: the one file of the agent that asks the system for them. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** The same moment as ISO 8601 in UTC. */
  timestamp(): string;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Resolves once everything that is ready to run has run. Never rejects. */
  quiet(): Promise<void>;
  /** From 0 up to, not including, 1. */
  random(): number;
  uuid(): string;
}

/** setTimeout fires at once beyond this. */
const sleepMsMax = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  timestamp: () => new Date().toISOString(),
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
  quiet: () => new Promise((resolve) => setImmediate(resolve)),
  random: () => Math.random(),
  uuid: () => randomUUID(),
};
