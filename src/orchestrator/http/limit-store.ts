import type { ClientRateLimitInfo, Options, Store } from 'express-rate-limit';
import { Redis } from 'ioredis';
import { RedisStore } from 'rate-limit-redis';
import type { Clock } from '../platform/clock.ts';
import { createMemoryStore } from './memory-store.ts';

/** Counts over replicas while Redis answers, in this process while it does not: a limit must never be an outage. */
export interface LimitStores {
  store(name: string): Store;
  close(): void;
}

interface LimitStoreOptions {
  readonly redisUrl: string | undefined;
  readonly prefix: string;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

export const limitWindowMs = 60_000;
const answerMsMax = 250;
/** A Redis that hung once is left alone for this long, so that not every request waits for it. */
const avoidMs = 5_000;

export function createLimitStores({ redisUrl, prefix, clock, onError }: LimitStoreOptions): LimitStores {
  const redis =
    redisUrl === undefined
      ? undefined
      : new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: null, commandTimeout: answerMsMax });
  redis?.on('error', onError);
  let avoidUntil = 0;

  function shared(name: string): Store | undefined {
    if (!redis) return undefined;
    const sendCommand = async (command: string, ...args: string[]) => {
      if (redis.status !== 'ready') throw new Error('Redis is away');
      return (await redis.call(command, ...args)) as number;
    };
    return new RedisStore({ sendCommand, prefix: `${prefix}${name}:` });
  }

  return {
    store(name) {
      const memory = createMemoryStore(clock, limitWindowMs);
      const common = shared(name);
      let commonReady = false;

      async function either<T>(useCommon: (store: Store) => T, useMemory: () => T): Promise<Awaited<T>> {
        if (!common || redis?.status !== 'ready' || clock.monotonic() < avoidUntil) return await useMemory();
        try {
          if (!commonReady) await common.init?.({ windowMs: limitWindowMs } as Options);
          commonReady = true;
          return await useCommon(common);
        } catch (error) {
          avoidUntil = clock.monotonic() + avoidMs;
          onError(error);
          return await useMemory();
        }
      }

      return {
        increment: (key): Promise<ClientRateLimitInfo> =>
          either(
            (store) => store.increment(key),
            () => memory.increment(key),
          ),
        decrement: async (key) =>
          either(
            (store) => store.decrement(key),
            () => memory.decrement(key),
          ),
        resetKey: async (key) =>
          either(
            (store) => store.resetKey(key),
            () => memory.resetKey(key),
          ),
      };
    },
    close: () => redis?.disconnect(),
  };
}
