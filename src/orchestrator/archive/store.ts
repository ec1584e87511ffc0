import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '../platform/postgres.ts';
import { archived, indexCursors } from './tables.ts';

export async function keepArchived(db: Queryable, rows: readonly (typeof archived.$inferInsert)[]): Promise<void> {
  if (rows.length > 0) await db.insert(archived).values([...rows]);
}

/** As the API showed it when it was archived. */
export async function findArchived(db: Queryable, id: string): Promise<unknown> {
  const [row] = await db.select({ body: archived.body }).from(archived).where(eq(archived.id, id));
  return row?.body;
}

export async function readCursor(db: Queryable, name: string): Promise<number> {
  const [row] = await db.select().from(indexCursors).where(eq(indexCursors.name, name));
  return row?.upTo ?? 0;
}

/** Never back. */
export async function saveCursor(db: Queryable, name: string, upTo: number): Promise<void> {
  await db
    .insert(indexCursors)
    .values({ name, upTo })
    .onConflictDoUpdate({ target: indexCursors.name, set: { upTo: sql`greatest(${indexCursors.upTo}, ${upTo})` } });
}
