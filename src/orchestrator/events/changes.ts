import type { Clock } from '../platform/clock.ts';
import type { Feed } from './feed.ts';

/** Without news it is worth a look all the same. */
const lookAnywayMs = 1_000;

/** Resolves at the next event about the agent, after a second without one, or when `signal` aborts. */
export const createChanges =
  (feed: Feed, clock: Clock) =>
  async (agentType: string, signal: AbortSignal): Promise<void> => {
    const news = new AbortController();
    const forget = feed.onEvent(({ payload }) => {
      if (payload['agentType'] === agentType) news.abort();
    });
    await clock.sleep(lookAnywayMs, AbortSignal.any([signal, news.signal]));
    forget();
  };
