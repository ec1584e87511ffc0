import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertEvents, readEvents } from '../../src/orchestrator/events/store.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.postgres.db.execute('truncate events'));

const insert = `insert into events (event_type, payload, created_at) values ('alert_raised', '{}', now()) returning seq`;

/** A transaction that has taken its place in the log and has not ended. */
async function openWriter() {
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query('begin');
  const { rows } = await client.query<{ seq: string }>(insert);
  return {
    seq: Number(rows[0]?.seq),
    async end(how: 'commit' | 'rollback') {
      await client.query(how);
      await client.end();
    },
  };
}

const seqsAfter = async (after: number) =>
  (await readEvents(database.postgres.db, { after, limit: 200 })).map(({ seq }) => seq);

describe('a reader of the log', () => {
  it('does not pass a place whose transaction has not ended, though later ones have committed', async () => {
    const early = await openWriter();
    const late = await openWriter();
    await late.end('commit');
    expect(await seqsAfter(0)).toEqual([]);
    await early.end('commit');
    expect(await seqsAfter(0)).toEqual([early.seq, late.seq]);
  });

  it('goes on past a place that was rolled back', async () => {
    const early = await openWriter();
    const late = await openWriter();
    await late.end('commit');
    await early.end('rollback');
    expect(await seqsAfter(0)).toEqual([late.seq]);
  });

  it('shows no later event in the newest-first list either, so that any seq it shows is a safe cursor', async () => {
    const early = await openWriter();
    const late = await openWriter();
    await late.end('commit');
    expect(await readEvents(database.postgres.db, { limit: 10 })).toEqual([]);
    await early.end('commit');
  });

  it('sees each event once and in order, while many writers commit in an order of their own', async () => {
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let round = 0; round < 25; round += 1) {
        await database.postgres.transaction(async (tx) => {
          const payload = { writer, round };
          await insertEvents(tx, [{ eventType: 'alert_raised', payload, createdAt: 0 }]);
          // Holds the place for a while that differs from writer to writer.
          await tx.execute(`select pg_sleep(${((writer * 7 + round * 3) % 10) / 1_000})`);
        });
      }
    });
    let finished = false;
    const allWritten = Promise.all(writers).then(() => {
      finished = true;
    });
    const seen: number[] = [];
    for (let last = false; !last; ) {
      last = finished;
      seen.push(...(await seqsAfter(seen.at(-1) ?? 0)));
    }
    await allWritten;
    expect(seen).toHaveLength(200);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
  });
});
