import { and, asc, count, desc, eq, gt, sql } from 'drizzle-orm';
import type { Queryable } from '../platform/postgres.ts';
import { escalations } from './tables.ts';

export type EscalationRow = typeof escalations.$inferSelect;

/** False when an open escalation for the same thing is there already. */
export async function insertEscalation(db: Queryable, row: typeof escalations.$inferInsert): Promise<boolean> {
  const { rowCount } = await db.insert(escalations).values(row).onConflictDoNothing();
  return rowCount === 1;
}

export async function lockEscalation(db: Queryable, id: string): Promise<EscalationRow | undefined> {
  const [row] = await db.select().from(escalations).where(eq(escalations.id, id)).for('update');
  return row;
}

export async function findEscalation(db: Queryable, id: string): Promise<EscalationRow | undefined> {
  const [row] = await db.select().from(escalations).where(eq(escalations.id, id));
  return row;
}

export async function findOpenFor(
  db: Queryable,
  kind: EscalationRow['kind'],
  subject: string,
): Promise<EscalationRow | undefined> {
  const [row] = await db
    .select()
    .from(escalations)
    .where(and(eq(escalations.kind, kind), eq(escalations.subject, subject), eq(escalations.status, 'open')))
    .for('update');
  return row;
}

export const findOpenOf = (db: Queryable, kind: EscalationRow['kind']): Promise<EscalationRow[]> =>
  db
    .select()
    .from(escalations)
    .where(and(eq(escalations.kind, kind), eq(escalations.status, 'open')));

/** All that is open, in pages: those behind the id of the page before. */
export const findOpenAfter = (db: Queryable, id: string, limit: number): Promise<EscalationRow[]> =>
  db
    .select()
    .from(escalations)
    .where(and(eq(escalations.status, 'open'), gt(escalations.id, id)))
    .orderBy(asc(escalations.id))
    .limit(limit);

export async function closeEscalation(
  db: Queryable,
  id: string,
  end: { resolvedAt: number; resolvedBy: string; resolution: string },
): Promise<void> {
  await db
    .update(escalations)
    .set({ ...end, status: 'resolved' })
    .where(eq(escalations.id, id));
}

const urgency = sql`array_position(array['critical','high','normal'], ${escalations.priority})`;

export async function listEscalations(
  db: Queryable,
  query: { status: 'open' | 'resolved'; limit: number; offset: number },
) {
  const where = eq(escalations.status, query.status);
  const newestFirst = desc(escalations.id);
  const rows = await db
    .select()
    .from(escalations)
    .where(where)
    .orderBy(...(query.status === 'open' ? [urgency, escalations.id] : [newestFirst]))
    .limit(query.limit)
    .offset(query.offset);
  const [total] = await db.select({ count: count() }).from(escalations).where(where);
  return { rows, total: total?.count ?? 0 };
}
