import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tx } from '../../src/orchestrator/platform/postgres.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

/** What the server keeps prepared for this connection. */
const prepared = async (tx: Tx) =>
  Number((await tx.execute<{ count: string }>('select count(*) from pg_prepared_statements')).rows[0]?.count);

describe('a statement of a transaction', () => {
  it('is parsed once for a connection, whatever its values', async () => {
    await database.postgres.transaction(async (tx) => {
      const before = await prepared(tx);
      const add = async (number: number) =>
        (await tx.execute<{ sum: number }>(sql`select ${number}::int + 1 as sum`)).rows[0]?.sum;
      expect([await add(1), await add(2), await add(3)]).toEqual([2, 3, 4]);
      expect(await prepared(tx)).toBe(before + 1);
    });
  });

  it('may come in any number of shapes: beyond some hundred the server keeps no more of them, and all are answered', async () => {
    await database.postgres.transaction(async (tx) => {
      for (let count = 1; count <= 400; count += 1) {
        const values = Array.from({ length: count }, (_, at) => sql`${at}::int`);
        const { rows } = await tx.execute<{ max: number }>(
          sql`select max(n) as max from (values ${sql.join(
            values.map((value) => sql`(${value})`),
            sql`, `,
          )}) as given(n)`,
        );
        expect(rows[0]?.max).toBe(count - 1);
      }
      expect(await prepared(tx)).toBeLessThanOrEqual(300);
    });
  });

  it('that fails spoils neither its name nor its connection', async () => {
    const divide = (by: number) =>
      database.postgres.transaction(async (tx) => (await tx.execute(sql`select 1 / ${by}::int as q`)).rows[0]);
    await expect(divide(0)).rejects.toThrow();
    expect(await divide(1)).toEqual({ q: 1 });
  });
});
