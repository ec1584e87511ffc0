import type { Clock } from './platform/clock.ts';

/** Does what is due, again and again, until stopped: deadlines, leases. Two sweeps at once harm nothing. */
export interface Sweep {
  start(): void;
  stop(): Promise<void>;
}

interface SweepDeps {
  readonly clock: Clock;
  readonly everyMs: number;
  readonly work: readonly (() => Promise<unknown>)[];
  readonly onError: (error: unknown) => void;
}

export function createSweep({ clock, everyMs, work, onError }: SweepDeps): Sweep {
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      for (const step of work) await step().catch(onError);
      await clock.sleep(everyMs, stopping.signal);
    }
  }

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
