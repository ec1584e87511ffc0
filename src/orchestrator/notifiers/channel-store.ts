import { asc, eq } from 'drizzle-orm';
import type { Queryable } from '../platform/postgres.ts';
import { channels } from './tables.ts';

export type ChannelRow = typeof channels.$inferSelect;

export async function findChannel(db: Queryable, name: string): Promise<ChannelRow | undefined> {
  const [row] = await db.select().from(channels).where(eq(channels.name, name));
  return row;
}

/** New, or in the place of the one of this name. */
export async function upsertChannel(db: Queryable, row: typeof channels.$inferInsert): Promise<ChannelRow> {
  const { name: _name, createdAt: _createdAt, ...change } = row;
  const [saved] = await db
    .insert(channels)
    .values(row)
    .onConflictDoUpdate({ target: channels.name, set: change })
    .returning();
  if (!saved) throw new Error(`the channel ${row.name} was not saved`);
  return saved;
}

/** False when there was none. */
export async function deleteChannel(db: Queryable, name: string): Promise<boolean> {
  const { rowCount } = await db.delete(channels).where(eq(channels.name, name));
  return rowCount === 1;
}

export const allChannels = (db: Queryable): Promise<ChannelRow[]> =>
  db.select().from(channels).orderBy(asc(channels.name));

export async function listChannels(db: Queryable, { limit, offset }: { limit: number; offset: number }) {
  const rows = await db.select().from(channels).orderBy(asc(channels.name)).limit(limit).offset(offset);
  return { rows, total: await db.$count(channels) };
}
