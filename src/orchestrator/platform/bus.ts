import { Redis } from 'ioredis';
import type { Clock } from './clock.ts';

/** Fan-out to every replica, this one included. At most once, in order for one publisher: hints, never truth. */
export interface Bus {
  publish(topic: string, message: string): void;
  /** Returns the way to unsubscribe. */
  subscribe(topic: string, receive: (message: string) => void): () => void;
  /** `embedded` when there is no Redis; `error` when it does not answer in time. */
  status(): Promise<'ok' | 'error' | 'embedded'>;
  close(): Promise<void>;
}

/** One process, no Redis. Receivers are called later, as with Redis, so that no publisher waits for a receiver. */
export function createLocalBus(): Bus {
  const receivers = createReceivers();
  return {
    publish: (topic, message) => queueMicrotask(() => receivers.deliver(topic, message)),
    subscribe: receivers.add,
    status: async () => 'embedded',
    close: async () => receivers.clear(),
  };
}

interface RedisBusOptions {
  readonly url: string;
  /** Keeps two teams on one Redis apart. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly pingTimeoutMs: number;
  readonly onError: (error: unknown) => void;
}

export function createRedisBus({ url, prefix, clock, pingTimeoutMs, onError }: RedisBusOptions): Bus {
  const options = {
    // A reconnect never gives up.
    retryStrategy: (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000),
    maxRetriesPerRequest: null,
    connectTimeout: 2_000,
    keepAlive: 5_000,
    // A hint that cannot be sent now is worth nothing later; Postgres has the truth.
    enableOfflineQueue: false,
  };
  const publisher = new Redis(url, options);
  const subscriber = new Redis(url, { ...options, enableOfflineQueue: true });
  const receivers = createReceivers();
  for (const client of [publisher, subscriber]) client.on('error', onError);
  subscriber.on('message', (channel: string, message: string) =>
    receivers.deliver(channel.slice(prefix.length), message),
  );

  async function answersInTime(): Promise<boolean> {
    const late = new AbortController();
    const timeout = clock.sleep(pingTimeoutMs, late.signal).then(() => false);
    try {
      return await Promise.race([Promise.all([publisher.ping(), subscriber.ping()]).then(() => true), timeout]);
    } finally {
      late.abort();
    }
  }

  return {
    publish: (topic, message) => void publisher.publish(prefix + topic, message).catch(onError),
    subscribe(topic, receive) {
      // ioredis subscribes again by itself after each reconnection.
      subscriber.subscribe(prefix + topic).catch(onError);
      return receivers.add(topic, receive);
    },
    async status() {
      if (publisher.status !== 'ready' || subscriber.status !== 'ready') return 'error';
      return (await answersInTime().catch(() => false)) ? 'ok' : 'error';
    },
    async close() {
      receivers.clear();
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

function createReceivers() {
  const byTopic = new Map<string, Set<(message: string) => void>>();
  return {
    deliver(topic: string, message: string) {
      for (const receive of byTopic.get(topic) ?? []) receive(message);
    },
    add(topic: string, receive: (message: string) => void) {
      const receivers = byTopic.get(topic) ?? new Set();
      byTopic.set(topic, receivers.add(receive));
      return () => void receivers.delete(receive);
    },
    clear: () => byTopic.clear(),
  };
}
