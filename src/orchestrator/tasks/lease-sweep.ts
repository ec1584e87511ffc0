import type { Clock } from '../platform/clock.ts';

interface Deps {
  readonly clock: Clock;
  /** Time for every heart to beat again. */
  readonly graceMs: number;
  /** Puts tasks back whose lease has ended by the clock. */
  readonly release: () => Promise<number>;
}

/** Clocks drift, and are corrected, by far less between two sweeps; leases last far longer. */
const jumpMsMin = 1_000;

/**
 * Releases claims whose lease has ended, unless their holders may have had no way to renew them: at the start of a term,
 * after an absence of the database, and when the clock was set. Then each heart is given time to beat once more; without
 * that, every task at work would be taken from an agent that lives, and be done twice.
 */
export interface LeaseSweep {
  sweep(): Promise<number>;
  /** We were blind: the database was away. */
  forget(): void;
}

export function createLeaseSweep({ clock, graceMs, release }: Deps): LeaseSweep {
  let last: { readonly now: number; readonly monotonic: number } | undefined;
  let waitUntil = 0;

  return {
    async sweep() {
      const present = { now: clock.now(), monotonic: clock.monotonic() };
      const jumpMs = last && present.now - last.now - (present.monotonic - last.monotonic);
      if (jumpMs === undefined || Math.abs(jumpMs) >= jumpMsMin) waitUntil = present.monotonic + graceMs;
      last = present;
      return present.monotonic < waitUntil ? 0 : release();
    },
    forget() {
      last = undefined;
    },
  };
}
