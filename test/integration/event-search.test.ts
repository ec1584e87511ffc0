import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { type EventSearch, searchEvents } from '../../src/orchestrator/events/search.ts';
import { insertEvents, type NewEventRow } from '../../src/orchestrator/events/store.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.postgres.db.execute('truncate events '));

const noon = Date.parse('2030-01-01T12:00:00Z');
const minuteMs = 60_000;

const write = (...rows: readonly Partial<NewEventRow>[]) =>
  insertEvents(
    database.postgres.db,
    rows.map((row) => ({ eventType: 'alert_raised', payload: {}, createdAt: noon, ...row })),
  );
const messages = (...texts: readonly string[]) =>
  write(...texts.map((message) => ({ eventType: 'message_sent' as const, payload: { message } })));
const search = (wish: Partial<EventSearch>) => searchEvents(database.postgres.db, { limit: 200, ...wish });
const found = async (wish: Partial<EventSearch>) =>
  (await search(wish)).events.map(({ eventType, payload }) => payload['message'] ?? eventType);
/** Rows beyond what one search looks at. */
const bury = (count: number) =>
  database.postgres.db.execute(
    sql`insert into events (event_type, payload, created_at) select 'job_finished', '{"summary":"hay"}', now() from generate_series(1, ${count})`,
  );

describe('a text', () => {
  test.each([
    ['is found in capitals or not', 'NEWS', ['The newsletter']],
    ['is found in the type', 'message_s', ['100%', 'C:\\new "x"', 'line\nbreak', 'Grüße', 'The newsletter']],
    ['of % is a sign like any other', '0%', ['100%']],
    ['of _ is no wildcard', 'ne_s', []],
    ['with quotes and backslashes is found as it was written', 'C:\\NEW "x"', ['C:\\new "x"']],
    ['is found across a line’s end', 'line\nb', ['line\nbreak']],
    ['is found in letters beyond ASCII', 'GRÜSSE', []],
    ['is found with its umlauts in capitals', 'GRÜ', ['Grüße']],
    ['is not found in the name of a value', 'message"', []],
    ['is not found where JSON has signs of its own', '"}', []],
  ])('%s', async (_what, text, expected) => {
    await messages('The newsletter', 'Grüße', 'line\nbreak', 'C:\\new "x"', '100%');
    expect(await found({ text })).toEqual(expected);
  });

  it('is found deep in a payload, in numbers too', async () => {
    await write({ payload: { a: { b: ['x', { c: 'Needle' }] } } }, { payload: { seconds: 4711 } });
    expect(await found({ text: 'needle' })).toHaveLength(1);
    expect(await found({ text: '471' })).toHaveLength(1);
  });
});

describe('what is looked for', () => {
  it('is of any of the types, in the order of the log, in both directions', async () => {
    await write({ eventType: 'task_created' }, {}, { eventType: 'task_failed' }, { eventType: 'task_created' });
    const types = ['task_created', 'task_failed'] as const;
    expect(await found({ types })).toEqual(['task_created', 'task_failed', 'task_created']);
    expect((await search({ types, after: 0 })).events.map(({ seq }) => seq)).toEqual(
      (await search({ types })).events.map(({ seq }) => seq).toReversed(),
    );
  });

  it('is of one agent, of some types of it, and with a text', async () => {
    await write(
      { agentType: 'cmo', eventType: 'task_created', payload: { message: 'one' } },
      { agentType: 'cfo', eventType: 'task_created', payload: { message: 'two' } },
      { agentType: 'cmo', eventType: 'loop_finished', payload: { message: 'three' } },
    );
    expect(await found({ agentType: 'cmo' })).toEqual(['three', 'one']);
    expect(await found({ agentType: 'cmo', types: ['task_created'] })).toEqual(['one']);
    expect(await found({ agentType: 'cmo', text: 'thr' })).toEqual(['three']);
  });

  it('happened from a moment on and before another, though clocks differ and are set back', async () => {
    for (const minute of [0, 2, 1, 5, 3, 4])
      await write({ createdAt: noon + minute * minuteMs, payload: { message: minute } });
    const from = noon + 2 * minuteMs;
    expect(await found({ from })).toEqual([4, 3, 5, 2]);
    expect(await found({ to: from })).toEqual([1, 0]);
    expect(await found({ from, to: noon + 4 * minuteMs })).toEqual([3, 2]);
    expect(await found({ from: noon + 3 * minuteMs })).toEqual([4, 3, 5]);
    expect(await found({ to: noon + 3 * minuteMs })).toEqual([1, 2, 0]);
    expect(await found({ from, after: 0, limit: 1 })).toEqual([2]);
    expect(await found({ from: noon + 60 * minuteMs })).toEqual([]);
    expect(await found({ to: noon })).toEqual([]);
  });
});

describe('a search through a long log', () => {
  it('is cut short, says how far it has seen, and goes on from there until it has found all', async () => {
    await messages('needle at the bottom');
    const bottom = (await search({ limit: 1 })).events[0]?.seq;
    await bury(25_000);
    for (const direction of ['older', 'newer'] as const) {
      if (direction === 'newer') await messages('needle at the top');
      let cursor: number | undefined = direction === 'older' ? undefined : bottom;
      const all: unknown[] = [];
      let calls = 0;
      do {
        const place: Partial<EventSearch> = direction === 'older' ? { before: cursor } : { after: cursor };
        const { events, scannedTo } = await search({ text: 'needle', ...place });
        all.push(...events.map(({ payload }) => payload['message']));
        cursor = scannedTo;
        calls += 1;
      } while (cursor !== undefined && calls < 10);
      expect(all).toEqual([direction === 'older' ? 'needle at the bottom' : 'needle at the top']);
      expect(calls).toBe(3);
    }
  });

  it('finds seldom types at once, however many events of others lie above them', async () => {
    await write({ eventType: 'task_failed' }, { eventType: 'egress_denied' });
    await bury(25_000);
    expect(await search({ types: ['task_failed', 'egress_denied'] })).toMatchObject({
      events: [{ eventType: 'egress_denied' }, { eventType: 'task_failed' }],
    });
  });

  it('leaves nothing out and repeats nothing where one of several types is cut short and another is not', async () => {
    await write({ eventType: 'task_failed' });
    await bury(12_000);
    await write({ eventType: 'task_failed' });
    const types = ['task_failed', 'job_finished'] as const;
    const walk = async (text?: string) => {
      const seqs: number[] = [];
      let before: number | undefined;
      for (let calls = 0; calls < 100; calls += 1) {
        const { events, scannedTo } = await search({ types, text, before });
        seqs.push(...events.map(({ seq }) => seq));
        before = scannedTo ?? (events.length === 200 ? seqs.at(-1) : undefined);
        if (before === undefined) break;
      }
      expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => b - a));
      return seqs;
    };
    expect(await walk()).toHaveLength(12_002);
    expect(await walk('task_failed')).toHaveLength(2);
  });
});
