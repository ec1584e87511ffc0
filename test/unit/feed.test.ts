import { describe, expect, it } from 'vitest';
import type { BoardroomEvent } from '../../src/contracts/event.ts';
import { createFeed, type EventBatch } from '../../src/orchestrator/events/feed.ts';
import { fakeClock } from '../support/fake-clock.ts';

const event = (seq: number): BoardroomEvent => ({
  id: `evt_${seq}`,
  seq,
  eventType: 'alert_raised',
  sourceAgent: null,
  payload: {},
  createdAt: '2030-01-01T00:00:00.000Z',
});

/** What the relay publishes: these events, following on `previous`. */
const batch = (previous: number, ...seqs: number[]): EventBatch => ({ previous, events: seqs.map(event) });

const catchUpMs = 3_000;

/** A feed over a log in memory that stands for Postgres. */
function setUp(seqs: readonly number[] = []) {
  const time = fakeClock();
  const log = seqs.map(event);
  const reads: number[] = [];
  const errors: unknown[] = [];
  const seen: number[] = [];
  const database = { fails: false, holds: undefined as Promise<void> | undefined };
  const feed = createFeed({
    clock: time.clock,
    catchUpMs,
    onError: (error) => errors.push(error),
    async read(after, limit) {
      reads.push(after);
      const page = log.filter(({ seq }) => seq > after).slice(0, limit);
      await database.holds;
      if (database.fails) throw new Error('database away');
      return page;
    },
  });
  feed.onEvent(({ seq }) => seen.push(seq));
  return { ...time, feed, log, reads, errors, seen, database };
}

/** Started at the end of its log, with the first look done. */
async function started(seqs: readonly number[] = []) {
  const subject = setUp(seqs);
  subject.feed.start(seqs.at(-1) ?? 0);
  await subject.settle();
  subject.reads.length = 0;
  return subject;
}

/** A read of Postgres that takes until `end`. */
function slowRead(database: { holds: Promise<void> | undefined }): () => void {
  let end = () => {};
  database.holds = new Promise((resolve) => {
    end = () => {
      database.holds = undefined;
      resolve();
    };
  });
  return end;
}

describe('a feed', () => {
  it('begins behind the place it is given', async () => {
    const { feed, settle, seen } = setUp([1, 2, 3, 4]);
    feed.start(2);
    await settle();
    expect([seen, feed.position()]).toEqual([[3, 4], 4]);
  });

  it('hands on a batch that follows at once, without asking Postgres', async () => {
    const { feed, seen, reads } = await started([1, 2]);
    feed.receive(batch(2, 3, 5));
    expect([seen, feed.position(), reads]).toEqual([[3, 5], 5, []]);
  });

  it.each<[string, EventBatch[]]>([
    ['twice', [batch(2, 3, 4), batch(2, 3, 4)]],
    ['with more behind it', [batch(2, 3), batch(2, 3, 4)]],
    ['from an older place', [batch(0, 1, 2, 3, 4)]],
    ['late', [batch(2, 3, 4), batch(2, 3)]],
  ])('repeats nothing when a batch comes %s', async (_how, batches) => {
    const { feed, seen, reads } = await started([1, 2]);
    for (const one of batches) feed.receive(one);
    expect([seen, reads]).toEqual([[3, 4], []]);
  });

  it('reads Postgres when a batch does not follow, and hands all of it on in order', async () => {
    const { feed, log, seen, reads, settle } = await started([1, 2]);
    log.push(event(3), event(4), event(5), event(6));
    feed.receive(batch(5, 6));
    expect(seen).toEqual([]);
    await settle();
    expect([seen, reads]).toEqual([[3, 4, 5, 6], [2]]);
  });

  it('finds by its timer what no batch told of', async () => {
    const { log, seen, advance } = await started([1]);
    log.push(event(2));
    await advance(catchUpMs - 1);
    expect(seen).toEqual([]);
    await advance(1);
    expect(seen).toEqual([2]);
  });

  it('reads on while there is more than a page', async () => {
    const { feed, settle, seen, log } = setUp();
    for (let seq = 1; seq <= 1_700; seq += 1) log.push(event(seq));
    feed.start(0);
    await settle();
    expect(seen).toEqual(log.map(({ seq }) => seq));
  });

  it('lets no batch overtake a read that is under way, and loses none that comes meanwhile', async () => {
    const { feed, log, seen, database, settle } = await started([1, 2]);
    const end = slowRead(database);
    log.push(event(3), event(4));
    feed.receive(batch(3, 4));
    await settle();
    log.push(event(5));
    feed.receive(batch(4, 5));
    await settle();
    expect(seen).toEqual([]);
    end();
    await settle();
    expect(seen).toEqual([3, 4, 5]);
  });

  it('leaves no batch lying until its timer that comes in the very turn in which a read ends', async () => {
    // The end of a read takes a few turns of the event loop; the batch is tried in each of them.
    const late: number[] = [];
    for (let turn = 0; turn < 12; turn += 1) {
      const { feed, log, seen, database, settle } = await started([1]);
      const end = slowRead(database);
      log.push(event(2), event(3));
      feed.receive(batch(2, 3));
      await settle();
      end();
      for (let passed = 0; passed < turn; passed += 1) await Promise.resolve();
      log.push(event(4));
      feed.receive(batch(3, 4));
      await settle();
      if (seen.at(-1) !== 4) late.push(turn);
    }
    expect(late).toEqual([]);
  });

  it('outlasts a database that is away: says so, keeps its place, and goes on', async () => {
    const { feed, log, seen, errors, database, settle, advance } = await started([1]);
    database.fails = true;
    log.push(event(2), event(3));
    feed.receive(batch(2, 3));
    await settle();
    expect([seen, feed.position(), errors]).toEqual([[], 1, [new Error('database away')]]);
    database.fails = false;
    await advance(catchUpMs);
    expect(seen).toEqual([2, 3]);
  });
});

describe('the listeners of a feed', () => {
  it('hear each event in the order in which they came, one event after the other', async () => {
    const { feed } = await started();
    const heard: string[] = [];
    for (const name of ['a', 'b', 'c']) feed.onEvent(({ seq }) => heard.push(`${name}${seq}`));
    feed.receive(batch(0, 1, 2));
    expect(heard).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
  });

  it('find the feed at the event they hear', async () => {
    const { feed } = await started();
    const positions: number[] = [];
    feed.onEvent(() => positions.push(feed.position()));
    feed.receive(batch(0, 1, 2));
    expect(positions).toEqual([1, 2]);
  });

  it('hear nothing more once they have left, not even the rest of the batch', async () => {
    const { feed, seen } = await started();
    const heard: number[] = [];
    const leave = feed.onEvent(({ seq }) => {
      heard.push(seq);
      leave();
    });
    feed.receive(batch(0, 1, 2));
    expect([heard, seen]).toEqual([[1], [1, 2]]);
  });
});

describe('before its start and after its end a feed', () => {
  it('hands on nothing', async () => {
    const { feed, settle, seen } = setUp();
    feed.receive(batch(0, 1));
    feed.start(0);
    await settle();
    await feed.stop();
    feed.receive(batch(0, 1));
    await settle();
    expect(seen).toEqual([]);
  });

  it('has nothing under way: stopping waits for the read, and leaves nobody asleep', async () => {
    const { feed, log, database, settle, sleepers } = await started();
    const end = slowRead(database);
    log.push(event(1));
    feed.receive(batch(3, 4));
    await settle();
    let stopped = false;
    const stopping = feed.stop().then(() => {
      stopped = true;
    });
    await settle();
    expect(stopped).toBe(false);
    end();
    await stopping;
    expect(sleepers()).toBe(0);
  });
});

describe('whatever becomes of the batches', () => {
  /** The same numbers at each run: chance that can be repeated. */
  function dice(seed: number): (sides: number) => number {
    let state = seed;
    return (sides) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * sides);
    };
  }

  it.each([1, 2, 3, 4, 5])('each event is handed on once, in order and without a gap (case %i)', async (seed) => {
    const roll = dice(seed);
    const { feed, log, seen, settle, advance } = await started();
    const onTheWay: EventBatch[] = [];
    for (let round = 0; round < 200; round += 1) {
      const previous = log.at(-1)?.seq ?? 0;
      const next = previous + 1 + roll(3);
      log.push(event(next));
      // Lost, sent once, or sent twice; delivered now, later, or in another order.
      for (let copies = roll(3); copies > 0; copies -= 1) onTheWay.push(batch(previous, next));
      while (roll(2) === 0 && onTheWay.length > 0) {
        const [delivered] = onTheWay.splice(roll(onTheWay.length), 1);
        if (delivered) feed.receive(delivered);
      }
      if (roll(4) === 0) await settle();
    }
    await advance(catchUpMs);
    expect(seen).toEqual(log.map(({ seq }) => seq));
  });
});
