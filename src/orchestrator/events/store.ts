import { and, asc, desc, eq, gt, inArray, lt, lte, sql } from 'drizzle-orm';
import type { BoardroomEvent, EventType } from '../../contracts/event.ts';
import { iso } from '../platform/iso.ts';
import type { Queryable } from '../platform/postgres.ts';
import { prepared } from '../platform/prepare.ts';
import { events, nextSeq, ofDecision, ofTask, relayCursors } from './tables.ts';

export type NewEventRow = Omit<typeof events.$inferInsert, 'seq'>;

/** One statement of one shape, however many there are: arrays in place of a row of parameters for each. */
export async function insertEvents(db: Queryable, rows: readonly NewEventRow[]): Promise<void> {
  await eventsToInsert(db).execute({
    types: rows.map(({ eventType }) => eventType),
    sources: rows.map(({ sourceAgent }) => sourceAgent ?? null),
    agents: rows.map(({ agentType }) => agentType ?? null),
    payloads: rows.map(({ payload }) => JSON.stringify(payload)),
    times: rows.map(({ createdAt }) => iso(createdAt)),
  });
}

const eventsToInsert = prepared((db) =>
  db
    .insert(events)
    .select(sql`
      select ${nextSeq}, * from unnest(
        ${sql.placeholder('types')}::text[],
        ${sql.placeholder('sources')}::text[],
        ${sql.placeholder('agents')}::text[],
        ${sql.placeholder('payloads')}::jsonb[],
        ${sql.placeholder('times')}::timestamptz[]
      )`)
    .prepare('events_to_insert'),
);

/**
 * The last place up to which the log is settled: no event at or before it can still appear.
 * Ask first, then read with a later statement, and only up to the answer (see migration 0001).
 */
export async function readHorizon(db: Queryable): Promise<number> {
  const { rows } = await db.execute<{ horizon: string }>(sql`select event_horizon() as horizon`);
  return Number(rows[0]?.horizon ?? 0);
}

export interface EventQuery {
  readonly limit: number;
  readonly type?: EventType | undefined;
  readonly types?: readonly EventType[] | undefined;
  readonly agentType?: string | undefined;
  readonly decisionId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly after?: number | undefined;
  readonly before?: number | undefined;
}

/** With `after` oldest first, else newest first; never beyond the horizon, so that any seq it shows is a safe cursor. */
export async function readEvents(db: Queryable, query: EventQuery): Promise<BoardroomEvent[]> {
  const horizon = await readHorizon(db);
  const rows = await db
    .select()
    .from(events)
    .where(
      and(
        lte(events.seq, horizon),
        query.after === undefined ? undefined : gt(events.seq, query.after),
        query.before === undefined ? undefined : lt(events.seq, query.before),
        query.type === undefined ? undefined : eq(events.eventType, query.type),
        query.types === undefined ? undefined : inArray(events.eventType, [...query.types]),
        query.agentType === undefined ? undefined : eq(events.agentType, query.agentType),
        query.decisionId === undefined ? undefined : eq(ofDecision, query.decisionId),
        query.taskId === undefined ? undefined : eq(ofTask, query.taskId),
      ),
    )
    .orderBy(query.after === undefined ? desc(events.seq) : asc(events.seq))
    .limit(query.limit);
  return rows.map(toEvent);
}

export const toEvent = (row: typeof events.$inferSelect): BoardroomEvent => ({
  id: `evt_${row.seq}`,
  seq: row.seq,
  eventType: row.eventType,
  sourceAgent: row.sourceAgent,
  payload: row.payload,
  createdAt: iso(row.createdAt),
});

/** Of the eldest so many, those from before; how many went. A look at the eldest costs the same however long the log is. */
export async function deleteEvents(db: Queryable, before: number, limit: number): Promise<number> {
  const eldest = db.select({ seq: events.seq }).from(events).orderBy(asc(events.seq)).limit(limit);
  const { rowCount } = await db.delete(events).where(and(inArray(events.seq, eldest), lt(events.createdAt, before)));
  return rowCount ?? 0;
}

/** How far the reader of this name has come. */
export async function readCursor(db: Queryable, name: string): Promise<number | undefined> {
  const [row] = await db.select().from(relayCursors).where(eq(relayCursors.name, name));
  return row?.seq;
}

/** Never back: a leader that does not know yet that it is none may come late. */
export async function saveCursor(db: Queryable, name: string, seq: number): Promise<void> {
  await db
    .insert(relayCursors)
    .values({ name, seq })
    .onConflictDoUpdate({ target: relayCursors.name, set: { seq: sql`greatest(${relayCursors.seq}, ${seq})` } });
}
