import { and, asc, inArray, lt, lte, sql } from 'drizzle-orm';
import type { DecisionStatus } from '../../contracts/decision.ts';
import { iso } from '../platform/iso.ts';
import type { Queryable } from '../platform/postgres.ts';
import type { DecisionRow } from './store.ts';
import { actions, decisions, statements, votes } from './tables.ts';

/** Over since before, eldest first; another replica's are left to it. */
export const lockResolved = (db: Queryable, before: number, limit: number): Promise<DecisionRow[]> =>
  db
    .select()
    .from(decisions)
    .where(and(inArray(decisions.status, [...closedStatuses]), lt(decisions.resolvedAt, before)))
    .orderBy(asc(decisions.id))
    .limit(limit)
    .for('update', { skipLocked: true });

const closedStatuses = ['approved', 'vetoed', 'rejected', 'withdrawn'] as const satisfies readonly DecisionStatus[];

export interface ResolvedSpan {
  /** Behind this one, in the order of their ends. */
  readonly after: { readonly at: number; readonly id: string };
  readonly upTo: number;
  readonly limit: number;
}

/** Over between these moments, eldest end first. */
export const resolvedBetween = (db: Queryable, span: ResolvedSpan) =>
  db
    .select()
    .from(decisions)
    .where(
      and(
        inArray(decisions.status, [...closedStatuses]),
        sql`(${decisions.resolvedAt}, ${decisions.id}) > (${iso(span.after.at)}::timestamptz, ${span.after.id})`,
        lte(decisions.resolvedAt, span.upTo),
      ),
    )
    .orderBy(asc(decisions.resolvedAt), asc(decisions.id))
    .limit(span.limit);

/** With all that was said and voted. */
export async function deleteDecisions(db: Queryable, ids: readonly string[]): Promise<void> {
  for (const table of [votes, statements, actions]) await db.delete(table).where(inArray(table.decisionId, [...ids]));
  await db.delete(decisions).where(inArray(decisions.id, [...ids]));
}
