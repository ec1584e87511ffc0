import { and, asc, desc, eq, inArray, lt, lte, notInArray, sql } from 'drizzle-orm';
import type { Queryable } from '../platform/postgres.ts';
import { history, loops } from './tables.ts';

/** How loops end, which their own rows say already. */
const ends = ['loop_done', 'loop_failed', 'loop_interrupted'];

/** Newest first. */
export const listLoops = (
  db: Queryable,
  query: { readonly agentType: string; readonly limit: number; readonly before?: string | undefined },
) =>
  db
    .select()
    .from(loops)
    .where(
      and(eq(loops.agentType, query.agentType), query.before === undefined ? undefined : lt(loops.id, query.before)),
    )
    .orderBy(desc(loops.id))
    .limit(query.limit);

/** Of each of these loops the first `limit` of its calls, with how many it made. */
export function callsOf(db: Queryable, loopIds: readonly string[], limit: number) {
  const { id, loopId, actionType, summary, createdAt } = history;
  const ranked = db
    .select({
      id,
      loopId,
      actionType,
      summary,
      createdAt,
      place: sql<number>`row_number() over (partition by ${loopId} order by ${id})`.mapWith(Number).as('place'),
      total: sql<number>`count(*) over (partition by ${loopId})`.mapWith(Number).as('total'),
    })
    .from(history)
    .where(and(inArray(loopId, [...loopIds]), notInArray(actionType, ends)))
    .as('ranked');
  return db.select().from(ranked).where(lte(ranked.place, limit)).orderBy(asc(ranked.id));
}
