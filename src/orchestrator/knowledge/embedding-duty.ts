import type { Clock } from '../platform/clock.ts';
import type { Meaning } from './meaning.ts';
import { restMsAfter } from './rules.ts';

interface Deps {
  readonly meaning: Pick<Meaning, 'refresh'>;
  readonly clock: Clock;
  /** Hints get lost: after so long it looks all the same. */
  readonly everyMs: number;
  readonly onError: (error: unknown) => void;
}

/** What the leader does for search by meaning, from `start` to `stop`. */
export interface EmbeddingDuty {
  start(): void;
  /** Documents were committed: a hint. */
  wake(): void;
  stop(): Promise<void>;
}

/** What is written together is embedded together, and whoever writes on and on costs a look each second. */
const settleMs = 1_000;

/**
 * Embeds what was written, soon. A document without its vectors is what there is to do, so there is no queue that could lose it;
 * a hint only tells sooner. Whatever keeps the vectors from being made, the next attempt is farther off each time, hint or no hint.
 */
export function createEmbeddingDuty({ meaning, clock, everyMs, onError }: Deps): EmbeddingDuty {
  const stopping = new AbortController();
  let nap = new AbortController();
  let running: Promise<void> | undefined;

  async function look(): Promise<'done' | 'more' | 'failed'> {
    try {
      const { waiting, because } = await meaning.refresh(stopping.signal);
      if (because !== undefined) return 'failed';
      return waiting === 0 ? 'done' : 'more';
    } catch (error) {
      if (!stopping.signal.aborted) onError(error);
      return 'failed';
    }
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      // What is written from now on may be missed by this look.
      nap = new AbortController();
      const outcome = await look();
      failures = outcome === 'failed' ? failures + 1 : 0;
      if (outcome === 'failed') await clock.sleep(restMsAfter(failures), stopping.signal);
      if (outcome === 'done') await clock.sleep(everyMs, AbortSignal.any([nap.signal, stopping.signal]));
      await clock.sleep(settleMs, stopping.signal);
    }
  }

  return {
    start() {
      running ??= run();
    },
    wake: () => nap.abort(),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
