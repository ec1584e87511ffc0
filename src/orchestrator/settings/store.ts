import { and, eq } from 'drizzle-orm';
import type { JsonValue } from '../../contracts/primitives.ts';
import type { Queryable } from '../platform/postgres.ts';
import { settings } from './tables.ts';

export type SettingInsert = typeof settings.$inferInsert;

export async function findSetting(db: Queryable, category: string, key: string): Promise<JsonValue | undefined> {
  const [row] = await db
    .select({ value: settings.value })
    .from(settings)
    .where(and(eq(settings.category, category), eq(settings.key, key)));
  return row?.value;
}

export const listSettings = (db: Queryable) => db.select().from(settings).orderBy(settings.category, settings.key);

export async function listCategory(db: Queryable, category: string): Promise<ReadonlyMap<string, JsonValue>> {
  const rows = await db.select().from(settings).where(eq(settings.category, category));
  return new Map(rows.map((row) => [row.key, row.value]));
}

export async function upsertSetting(db: Queryable, row: SettingInsert): Promise<void> {
  const { category: _category, key: _key, ...change } = row;
  await db
    .insert(settings)
    .values(row)
    .onConflictDoUpdate({ target: [settings.category, settings.key], set: change });
}
