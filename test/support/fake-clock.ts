import type { Clock } from '../../src/orchestrator/platform/clock.ts';

/** A clock that stands still until the test moves it: hours pass in milliseconds, and nothing is left to chance. */
export interface FakeClock {
  readonly clock: Clock;
  /** Lets everything run that waits for nothing but its turn. */
  settle(): Promise<void>;
  /** Lets time pass; each sleeper wakes at its own moment, and what it starts is done before the next one wakes. */
  advance(ms: number): Promise<void>;
  /** Somebody sets the clock: what it shows jumps, and nothing lasts longer or shorter for it. */
  set(now: number): void;
  /** How many wait for a moment to come. */
  sleepers(): number;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** More turns than any chain of promises in these tests is long. */
const turnsOfSettling = 50;

export function fakeClock(start = 0): FakeClock {
  let elapsed = 0;
  let offset = start;
  const sleepers = new Set<Sleeper>();

  function sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const wake = () => {
        sleepers.delete(sleeper);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { at: elapsed + ms, wake };
      sleepers.add(sleeper);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  async function settle(): Promise<void> {
    for (let turn = 0; turn < turnsOfSettling; turn += 1) await Promise.resolve();
  }

  return {
    clock: { now: () => offset + elapsed, monotonic: () => elapsed, sleep },
    settle,
    async advance(ms) {
      const until = elapsed + ms;
      for (;;) {
        await settle();
        const next = [...sleepers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        elapsed = Math.max(elapsed, next.at);
        next.wake();
      }
      elapsed = until;
      await settle();
    },
    set(now) {
      offset = now - elapsed;
    },
    sleepers: () => sleepers.size,
  };
}
