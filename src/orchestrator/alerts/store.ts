import { and, eq } from 'drizzle-orm';
import type { Queryable } from '../platform/postgres.ts';
import { alerts } from './tables.ts';

export async function standingAlerts(db: Queryable, host: string): Promise<ReadonlySet<string>> {
  const rows = await db.select().from(alerts).where(eq(alerts.host, host));
  return new Set(rows.map(({ alert }) => alert));
}

/** False when it stands already. */
export async function raise(db: Queryable, row: typeof alerts.$inferInsert): Promise<boolean> {
  return (await db.insert(alerts).values(row).onConflictDoNothing()).rowCount === 1;
}

/** False when it did not stand. */
export async function clear(db: Queryable, host: string, alert: string): Promise<boolean> {
  const { rowCount } = await db.delete(alerts).where(and(eq(alerts.host, host), eq(alerts.alert, alert)));
  return rowCount === 1;
}
