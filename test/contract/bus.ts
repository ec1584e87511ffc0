import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus } from '../../src/orchestrator/platform/bus.ts';
import { eventually } from '../support/eventually.ts';

/** Two ends of one bus, as two replicas hold them; the same object where there can be one process only. */
export interface BusUnderTest {
  readonly here: Bus;
  readonly there: Bus;
  close(): Promise<void>;
}

export const aTopic = () => `topic_${randomBytes(4).toString('hex')}`;

/** Subscribes, and resolves once messages arrive: on a real bus a subscription takes its time. */
export async function listen(publisher: Bus, subscriber: Bus, topic: string) {
  const received: string[] = [];
  const greeting = 'are you there?';
  let heard = false;
  const unsubscribe = subscriber.subscribe(topic, (message) => {
    if (message === greeting) heard = true;
    else received.push(message);
  });
  await eventually(
    () => {
      if (!heard) publisher.publish(topic, greeting);
      return heard || undefined;
    },
    { what: `the first message on ${topic}` },
  );
  return { received, unsubscribe };
}

/** Resolves when all that was published before has been delivered: a message behind them all has. */
export async function flush(publisher: Bus, { received }: { received: readonly string[] }, topic: string) {
  const mark = `mark ${randomBytes(4).toString('hex')}`;
  publisher.publish(topic, mark);
  await eventually(() => received.includes(mark) || undefined, { what: 'the last message' });
  return received.filter((message) => !message.startsWith('mark '));
}

/** What every kind of bus guarantees. */
export function describeBus(name: string, makeBus: () => Promise<BusUnderTest>): void {
  describe(name, () => {
    let bus: BusUnderTest;
    beforeEach(async () => {
      bus = await makeBus();
    });
    afterEach(() => bus.close());

    it('delivers a message to every subscriber of its topic, wherever it is', async () => {
      const topic = aTopic();
      const subscribers = [
        await listen(bus.here, bus.here, topic),
        await listen(bus.here, bus.here, topic),
        await listen(bus.here, bus.there, topic),
      ];
      bus.here.publish(topic, 'hello');
      for (const subscriber of subscribers) expect(await flush(bus.here, subscriber, topic)).toEqual(['hello']);
    });

    it('delivers to no other topic', async () => {
      const [topic, other] = [aTopic(), aTopic()];
      const subscriber = await listen(bus.here, bus.there, topic);
      await listen(bus.here, bus.there, other);
      bus.here.publish(other, 'not for you');
      expect(await flush(bus.here, subscriber, topic)).toEqual([]);
    });

    it('delivers in the order of the publisher', async () => {
      const topic = aTopic();
      const subscriber = await listen(bus.here, bus.there, topic);
      const messages = Array.from({ length: 1_000 }, (_, index) => `message ${index}`);
      for (const message of messages) bus.here.publish(topic, message);
      expect(await flush(bus.here, subscriber, topic)).toEqual(messages);
    });

    it.each([
      ['nothing', ''],
      ['letters of every kind', 'Grüße, 世界 🚀 \u0000 "\'\\\r\n'],
      ['a megabyte', 'x'.repeat(1_048_576)],
    ])('delivers %s as it is', async (_what, message) => {
      const topic = aTopic();
      const subscriber = await listen(bus.here, bus.there, topic);
      bus.here.publish(topic, message);
      expect(await flush(bus.here, subscriber, topic)).toEqual([message]);
    });

    it('calls nobody before publish has returned: a publisher does not wait for a receiver', async () => {
      const topic = aTopic();
      const { received } = await listen(bus.here, bus.here, topic);
      bus.here.publish(topic, 'hello');
      expect(received).toEqual([]);
      await eventually(() => received.length > 0 || undefined);
    });

    it('delivers nothing more to one who has unsubscribed, and goes on delivering to the others', async () => {
      const topic = aTopic();
      const leaving = await listen(bus.here, bus.there, topic);
      const staying = await listen(bus.here, bus.there, topic);
      leaving.unsubscribe();
      leaving.unsubscribe();
      bus.here.publish(topic, 'hello');
      expect(await flush(bus.here, staying, topic)).toEqual(['hello']);
      expect(leaving.received).toEqual([]);
    });

    it('delivers again to one who came back', async () => {
      const topic = aTopic();
      const former = await listen(bus.here, bus.there, topic);
      former.unsubscribe();
      const again = await listen(bus.here, bus.there, topic);
      bus.here.publish(topic, 'hello');
      expect(await flush(bus.here, again, topic)).toEqual(['hello']);
    });

    it('takes a message that nobody wants', async () => {
      const topic = aTopic();
      const subscriber = await listen(bus.here, bus.there, topic);
      bus.here.publish(aTopic(), 'into the void');
      expect(await flush(bus.here, subscriber, topic)).toEqual([]);
    });

    it('takes a message after it was closed, and delivers it to nobody', async () => {
      const topic = aTopic();
      const { received } = await listen(bus.here, bus.here, topic);
      await bus.here.close();
      bus.here.publish(topic, 'too late');
      await bus.here.close();
      await Promise.resolve();
      expect(received).toEqual([]);
    });
  });
}
