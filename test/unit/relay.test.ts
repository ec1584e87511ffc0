import { describe, expect, it } from 'vitest';
import type { BoardroomEvent } from '../../src/contracts/event.ts';
import type { EventBatch } from '../../src/orchestrator/events/feed.ts';
import { createRelay } from '../../src/orchestrator/events/relay.ts';
import { fakeClock } from '../support/fake-clock.ts';

const event = (seq: number): BoardroomEvent => ({
  id: `evt_${seq}`,
  seq,
  eventType: 'alert_raised',
  sourceAgent: null,
  payload: {},
  createdAt: '2030-01-01T00:00:00.000Z',
});

const pollMs = 1_000;

/** The log and the cursor outlive a relay, as Postgres does. */
function setUp(count = 0) {
  const time = fakeClock();
  const log = Array.from({ length: count }, (_, index) => event(index + 1));
  const published: EventBatch[] = [];
  const errors: unknown[] = [];
  const table = { cursor: 0, reads: 0 };
  const broken = { read: false, publish: false, save: false };
  const hold = { read: undefined as Promise<void> | undefined };
  const failIf = (fails: boolean, what: string) => {
    if (fails) throw new Error(`${what} failed`);
  };
  const makeRelay = () =>
    createRelay({
      clock: time.clock,
      pollMs,
      readCursor: async () => table.cursor,
      async read(after, limit) {
        table.reads += 1;
        failIf(broken.read, 'read');
        const page = log.filter(({ seq }) => seq > after).slice(0, limit);
        await hold.read;
        return page;
      },
      publish(batch) {
        failIf(broken.publish, 'publish');
        published.push(batch);
      },
      async saveCursor(seq) {
        failIf(broken.save, 'save');
        table.cursor = seq;
      },
      onError: (error) => errors.push(error),
    });
  const seqs = () => published.flatMap(({ events }) => events.map(({ seq }) => seq));
  return { ...time, makeRelay, log, published, errors, table, broken, hold, seqs };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('a relay', () => {
  it('publishes what is there, in order, and notes how far it has come', async () => {
    const { makeRelay, settle, seqs, table } = setUp(3);
    makeRelay().start();
    await settle();
    expect([seqs(), table.cursor]).toEqual([[1, 2, 3], 3]);
  });

  it('goes on from where it was, not from the beginning', async () => {
    const { makeRelay, settle, published, table } = setUp(5);
    table.cursor = 3;
    makeRelay().start();
    await settle();
    expect(published).toEqual([{ previous: 3, events: [event(4), event(5)] }]);
  });

  it('publishes page by page, each following on the one before', async () => {
    const { makeRelay, settle, published, seqs } = setUp(950);
    makeRelay().start();
    await settle();
    expect(seqs()).toEqual(upTo(950));
    expect(published.map(({ previous }) => previous)).toEqual([0, 200, 400, 600, 800]);
  });

  it('publishes at once when it is woken, and by its timer when nobody wakes it', async () => {
    const { makeRelay, settle, advance, log, seqs } = setUp();
    const relay = makeRelay();
    relay.start();
    await settle();
    log.push(event(1));
    relay.wake();
    await settle();
    expect(seqs()).toEqual([1]);
    log.push(event(2));
    await advance(pollMs - 1);
    expect(seqs()).toEqual([1]);
    await advance(1);
    expect(seqs()).toEqual([1, 2]);
  });

  it('sleeps while there is nothing to do', async () => {
    const { makeRelay, advance, table } = setUp();
    makeRelay().start();
    await advance(10 * pollMs);
    expect(table.reads).toBe(11);
  });

  it('loses no wake, in whatever turn of its work it comes', async () => {
    // From the read to the nap takes a few turns of the event loop; the wake is tried in each of them.
    const late: number[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      const { makeRelay, settle, log, seqs, hold } = setUp(1);
      let goOn = () => {};
      hold.read = new Promise((resolve) => {
        goOn = resolve;
      });
      const relay = makeRelay();
      relay.start();
      await settle();
      goOn();
      hold.read = undefined;
      for (let passed = 0; passed < turn; passed += 1) await Promise.resolve();
      log.push(event(2));
      relay.wake();
      await settle();
      if (seqs().at(-1) !== 2) late.push(turn);
    }
    expect(late).toEqual([]);
  });

  it('starts once, however often it is started', async () => {
    const { makeRelay, settle, seqs } = setUp(2);
    const relay = makeRelay();
    relay.start();
    relay.start();
    await settle();
    expect(seqs()).toEqual([1, 2]);
  });
});

describe('a relay that is cut off', () => {
  it('between publishing and noting it publishes again: at least once, still in order', async () => {
    const { makeRelay, settle, advance, broken, errors, seqs, table } = setUp(2);
    broken.save = true;
    makeRelay().start();
    await settle();
    expect([seqs(), table.cursor, errors]).toEqual([[1, 2], 0, [new Error('save failed')]]);
    broken.save = false;
    await advance(pollMs);
    expect([seqs(), table.cursor]).toEqual([[1, 2, 1, 2], 2]);
  });

  it('by the end of its process is followed by one that publishes again what was not noted', async () => {
    const { makeRelay, settle, advance, broken, log, seqs, published } = setUp(2);
    const former = makeRelay();
    former.start();
    await settle();
    broken.save = true;
    log.push(event(3));
    await advance(pollMs);
    await former.stop();
    broken.save = false;
    makeRelay().start();
    await settle();
    expect(seqs()).toEqual([1, 2, 3, 3]);
    expect(published.at(-1)?.previous).toBe(2);
  });

  it.each(['read', 'publish'] as const)(
    'by a %s that fails says so, passes nothing over and tries again',
    async (what) => {
      const { makeRelay, settle, advance, broken, errors, seqs, table } = setUp(2);
      broken[what] = true;
      makeRelay().start();
      await settle();
      expect([seqs(), table.cursor, errors]).toEqual([[], 0, [new Error(`${what} failed`)]]);
      broken[what] = false;
      await advance(pollMs);
      expect([seqs(), table.cursor]).toEqual([[1, 2], 2]);
    },
  );
});

describe('stopping a relay', () => {
  it('waits for the page under way, notes it, and begins no other', async () => {
    const { makeRelay, settle, advance, hold, seqs, table, sleepers } = setUp(450);
    let goOn = () => {};
    hold.read = new Promise((resolve) => {
      goOn = resolve;
    });
    const relay = makeRelay();
    relay.start();
    await settle();
    let stopped = false;
    const stopping = relay.stop().then(() => {
      stopped = true;
    });
    await settle();
    expect(stopped).toBe(false);
    goOn();
    await stopping;
    relay.wake();
    await advance(10 * pollMs);
    expect([seqs(), table, sleepers()]).toEqual([upTo(200), { cursor: 200, reads: 1 }, 0]);
  });

  it('does not wait for the nap', async () => {
    const { makeRelay, settle, clock } = setUp();
    const relay = makeRelay();
    relay.start();
    await settle();
    await relay.stop();
    expect(clock.now()).toBe(0);
  });
});
