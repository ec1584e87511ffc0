import type { ClientRateLimitInfo } from 'express-rate-limit';
import type { Clock } from '../platform/clock.ts';

/** Counts in this process, in windows that no setting of the clock makes longer or shorter. */
export interface MemoryStore {
  increment(key: string): ClientRateLimitInfo;
  decrement(key: string): void;
  resetKey(key: string): void;
}

interface Window {
  hits: number;
  readonly until: number;
}

/** Where looking for windows that are over begins to pay. */
const keysMin = 1_000;

export function createMemoryStore(clock: Clock, windowMs: number): MemoryStore {
  const windows = new Map<string, Window>();
  let tidyAt = keysMin;

  function open(key: string, now: number): Window {
    if (windows.size >= tidyAt) tidy(now);
    const window = { hits: 0, until: now + windowMs };
    windows.set(key, window);
    return window;
  }

  function tidy(now: number): void {
    for (const [key, { until }] of windows) {
      if (until <= now) windows.delete(key);
    }
    tidyAt = Math.max(keysMin, windows.size * 2);
  }

  return {
    increment(key) {
      const now = clock.monotonic();
      const current = windows.get(key);
      const window = current && current.until > now ? current : open(key, now);
      window.hits += 1;
      return { totalHits: window.hits, resetTime: new Date(clock.now() + window.until - now) };
    },
    decrement(key) {
      const window = windows.get(key);
      if (window && window.hits > 0) window.hits -= 1;
    },
    resetKey: (key) => void windows.delete(key),
  };
}
