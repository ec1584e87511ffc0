import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Bus, createLocalBus, createRedisBus } from '../../src/orchestrator/platform/bus.ts';
import { systemClock as clock } from '../../src/orchestrator/platform/clock.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { describeRedis, type RedisServer, startRedis } from '../support/redis.ts';
import { aTopic, describeBus, flush, listen } from './bus.ts';

describeBus('the bus in one process', async () => {
  const bus = createLocalBus();
  return { here: bus, there: bus, close: () => bus.close() };
});

describe('the bus in one process', () => {
  it('says that it is one, and is never down', async () => {
    expect(await createLocalBus().status()).toBe('embedded');
  });
});

describeRedis('the bus over Redis', () => {
  const pingTimeoutMs = 300;
  let redis: RedisServer;
  const errors: unknown[] = [];
  const open: Bus[] = [];

  function connect({ url = redis.url, prefix = 'boardroom:test:' } = {}): Bus {
    const bus = createRedisBus({ url, prefix, clock, pingTimeoutMs, onError: (error) => errors.push(error) });
    open.push(bus);
    return bus;
  }

  const settlesAt = (bus: Bus, expected: 'ok' | 'error') =>
    eventually(async () => (await bus.status()) === expected || undefined, { what: `the status ${expected}` });

  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(() => void errors.splice(0));
  afterEach(async () => {
    for (const bus of open.splice(0)) await bus.close();
  });
  afterAll(() => redis.stop());

  describeBus('between two replicas', async () => {
    const [here, there] = [connect(), connect()];
    return {
      here,
      there,
      async close() {
        await here.close();
        await there.close();
      },
    };
  });

  it('is heard by no other team on the same Redis', async () => {
    const topic = aTopic();
    const ours = connect();
    const theirs = connect({ prefix: 'boardroom:other:' });
    const overheard = await listen(theirs, theirs, topic);
    const subscriber = await listen(ours, ours, topic);
    ours.publish(topic, 'a secret');
    expect(await flush(ours, subscriber, topic)).toEqual(['a secret']);
    expect(await flush(theirs, overheard, topic)).toEqual([]);
  });

  it('says ok while Redis answers', async () => {
    const bus = connect();
    await settlesAt(bus, 'ok');
  });

  it('without Redis says error, fails no publisher, and delivers again by itself when Redis is back', async () => {
    const topic = aTopic();
    const [here, there] = [connect(), connect()];
    const { received } = await listen(here, there, topic);
    await redis.stop();
    await settlesAt(here, 'error');
    expect(() => here.publish(topic, 'lost')).not.toThrow();
    expect(await there.status()).toBe('error');
    expect(errors).not.toEqual([]);

    await redis.start();
    await settlesAt(here, 'ok');
    await eventually(
      () => {
        here.publish(topic, 'found');
        return received.includes('found') || undefined;
      },
      { what: 'a message after the return' },
    );
    expect(received).not.toContain('lost');
  });

  it('outlasts one absence after the other', async () => {
    const topic = aTopic();
    const bus = connect();
    const { received } = await listen(bus, bus, topic);
    for (let absence = 1; absence <= 3; absence += 1) {
      await redis.stop();
      await settlesAt(bus, 'error');
      await redis.start();
      await settlesAt(bus, 'ok');
      await eventually(
        () => {
          bus.publish(topic, `after ${absence}`);
          return received.includes(`after ${absence}`) || undefined;
        },
        { what: `a message after absence ${absence}` },
      );
    }
  });

  it('begun before there is any Redis says error, and keeps the subscriptions made meanwhile', async () => {
    const port = await freePort();
    const bus = connect({ url: `redis://127.0.0.1:${port}` });
    expect(await bus.status()).toBe('error');
    bus.publish('any', 'lost');
    await eventually(() => errors.length > 0 || undefined, { what: 'the failure to connect' });
    expect(await bus.status()).toBe('error');

    const topic = aTopic();
    const late = connect();
    await redis.stop();
    await settlesAt(late, 'error');
    const received: string[] = [];
    late.subscribe(topic, (message) => received.push(message));
    await redis.start();
    await eventually(
      () => {
        late.publish(topic, 'found');
        return received.includes('found') || undefined;
      },
      { what: 'a message for a subscription made while Redis was away' },
    );
  });

  describe('when Redis hangs', () => {
    let pid: number;

    async function pidOf(url: string): Promise<number> {
      const client = new Redis(url);
      try {
        return Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1]);
      } finally {
        client.disconnect();
      }
    }

    beforeEach(async () => {
      pid = await pidOf(redis.url);
    });
    afterEach(() => void process.kill(pid, 'SIGCONT'));

    it('answers error within its bound, fails no publisher, and is ok again when Redis goes on', async () => {
      const topic = aTopic();
      const bus = connect();
      const { received } = await listen(bus, bus, topic);
      process.kill(pid, 'SIGSTOP');

      const since = performance.now();
      expect(await bus.status()).toBe('error');
      expect(performance.now() - since).toBeLessThan(pingTimeoutMs + 2_000);
      expect(() => bus.publish(topic, 'while it hung')).not.toThrow();

      process.kill(pid, 'SIGCONT');
      await settlesAt(bus, 'ok');
      await eventually(
        () => {
          bus.publish(topic, 'after');
          return received.includes('after') || undefined;
        },
        { what: 'a message after the hang' },
      );
    });
  });
});
