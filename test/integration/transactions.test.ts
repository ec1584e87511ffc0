import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPostgres, sqlState } from '../../src/orchestrator/platform/postgres.ts';
import type { Tx } from '../../src/orchestrator/platform/transaction.ts';
import { createDatabase, type TestDatabase, testLimits } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  await database.postgres.db.execute('create table notes (place serial, text text not null unique)');
});
afterAll(() => database.drop());
beforeEach(() => database.postgres.db.execute('truncate notes'));

const note = (tx: Tx, text: string | null) => tx.execute(sql`insert into notes (text) values (${text})`).execute();
const notes = async () =>
  (await database.postgres.db.execute<{ text: string }>('select text from notes order by place')).rows.map(
    ({ text }) => text,
  );
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'committed',
    (error: unknown) => sqlState(error),
  );
const notNull = '23502';

describe('a statement that is sent', () => {
  it('is run in its place, after what was made before it and before what was made after it, and is committed', async () => {
    await database.postgres.transaction(async (tx, send) => {
      send(() => note(tx, 'first'));
      await note(tx, 'second');
      send(() => note(tx, 'third'));
      send(() => note(tx, 'fourth'));
    });
    expect(await notes()).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('is seen by what comes after it in its transaction', async () => {
    const seen = await database.postgres.transaction(async (tx, send) => {
      send(() => note(tx, 'just written'));
      return (await tx.execute('select text from notes')).rows;
    });
    expect(seen).toEqual([{ text: 'just written' }]);
  });

  it('fails the commit when it fails, with its own error, and nothing of the transaction stays', async () => {
    const work = database.postgres.transaction(async (tx, send) => {
      await note(tx, 'before');
      send(() => note(tx, null));
      send(() => note(tx, 'after'));
    });
    expect([await codeOf(work), await notes()]).toEqual([notNull, []]);
  });

  it('tells why, though what was waited for after it has failed because of it', async () => {
    const work = database.postgres.transaction(async (tx, send) => {
      send(() => note(tx, null));
      await note(tx, 'after');
    });
    expect([await codeOf(work), await notes()]).toEqual([notNull, []]);
  });

  it('leaves the connection fit for the next transaction, however it went', async () => {
    for (let round = 0; round < 30; round += 1) {
      const text = round % 2 === 0 ? null : `round ${round}`;
      await codeOf(database.postgres.transaction(async (tx, send) => send(() => note(tx, text))));
    }
    expect(await notes()).toHaveLength(15);
  });

  it('is refused when it goes out later than it was sent: the commit could overtake it', async () => {
    const late = database.postgres.transaction(async (tx, send) =>
      send(async () => {
        await Promise.resolve();
        await note(tx, 'late');
      }),
    );
    await expect(late).rejects.toThrow('in the turn in which it is sent');
  });
});

describe('a transaction', () => {
  it('that makes no statement asks the database for nothing', async () => {
    expect(await database.postgres.transaction(async () => 'nothing to do')).toBe('nothing to do');
  });

  it.each([
    ['a read', (tx: Tx) => tx.select({ one: sql`1` }).from(sql`notes`)],
    ['a write', (tx: Tx) => note(tx, 'first')],
  ])('that could not begin writes nothing, when its first statement is %s', async (_what, first) => {
    const { url, close } = await openSpoiler();
    const postgres = createPostgres(url, { ...testLimits, poolSize: 1 }, () => undefined);
    const work = postgres.transaction(async (tx) => {
      await first(tx);
      await note(tx, 'second');
    });
    expect(await codeOf(work)).toBe('42601');
    await postgres.close();
    close();
    expect(await notes()).toEqual([]);
  });
});

/** A way to the database on which each `begin` arrives as something that is none. */
async function openSpoiler() {
  const { hostname, port } = new URL(database.url);
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) socket.on('error', () => socket.destroy());
    far.pipe(near);
    near.on('data', (chunk) =>
      far.write(Buffer.from(chunk.toString('latin1').replaceAll('begin\0', 'bogus\0'), 'latin1')),
    );
    near.on('close', () => far.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = Object.assign(new URL(database.url), { port: String((server.address() as AddressInfo).port) });
  return { url: through.href, close: () => void server.close() };
}
