import { and, eq, sql } from 'drizzle-orm';
import type { JsonValue } from '../../contracts/primitives.ts';
import type { Queryable } from '../platform/postgres.ts';
import { settings } from './tables.ts';

export type SettingInsert = typeof settings.$inferInsert;
export type SettingRow = typeof settings.$inferSelect;

const named = (category: string, key: string) => and(eq(settings.category, category), eq(settings.key, key));

export async function findSetting(db: Queryable, category: string, key: string): Promise<SettingRow | undefined> {
  const [row] = await db.select().from(settings).where(named(category, key));
  return row;
}

/** The settings of a category are changed by one at a time: also those that are not there yet. */
export async function lockSetting(db: Queryable, category: string, key: string): Promise<SettingRow | undefined> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtext('setting'), hashtext(${category}))`);
  return findSetting(db, category, key);
}

export const listSettings = (db: Queryable): Promise<SettingRow[]> =>
  db.select().from(settings).orderBy(settings.category, settings.key);

export async function listCategory(db: Queryable, category: string): Promise<ReadonlyMap<string, JsonValue>> {
  const rows = await db.select().from(settings).where(eq(settings.category, category));
  return new Map(rows.map((row) => [row.key, row.value]));
}

export const countCategory = (db: Queryable, category: string): Promise<number> =>
  db.$count(settings, eq(settings.category, category));

export async function upsertSetting(db: Queryable, row: SettingInsert): Promise<void> {
  // Drizzle takes null for SQL's, which is no value at all.
  const value = row.value === null ? sql`'null'::jsonb` : row.value;
  const { category: _category, key: _key, ...rest } = row;
  const change = { ...rest, value };
  await db
    .insert(settings)
    .values({ ...row, value })
    .onConflictDoUpdate({ target: [settings.category, settings.key], set: change });
}

export async function deleteSetting(db: Queryable, category: string, key: string): Promise<void> {
  await db.delete(settings).where(named(category, key));
}
