import { and, asc, count, desc, eq, getTableColumns, gt, inArray, lt, sql } from 'drizzle-orm';
import type { Priority, TaskStatus } from '../../contracts/task.ts';
import type { Queryable } from '../platform/postgres.ts';
import { prepared } from '../platform/prepare.ts';
import { priorityOrder } from './rules.ts';
import { tasks } from './tables.ts';

export type TaskRow = typeof tasks.$inferSelect;

export async function insertTask(db: Queryable, row: TaskRow): Promise<void> {
  await db.insert(tasks).values(row);
}

const taskById = prepared((db) =>
  db
    .select()
    .from(tasks)
    .where(eq(tasks.id, sql.placeholder('id')))
    .prepare('task_by_id'),
);

export async function findTask(db: Queryable, id: string): Promise<TaskRow | undefined> {
  const [row] = await taskById(db).execute({ id });
  return row;
}

export async function lockTask(db: Queryable, id: string): Promise<TaskRow | undefined> {
  const [row] = await db.select().from(tasks).where(eq(tasks.id, id)).for('update');
  return row;
}

export async function updateTask(db: Queryable, id: string, change: Partial<TaskRow>): Promise<TaskRow> {
  const [row] = await db.update(tasks).set(change).where(eq(tasks.id, id)).returning();
  if (!row) throw new Error(`task ${id} vanished under its lock`);
  return row;
}

/** Claims of one agent are taken one after the other, so that two at once cannot pass the limit together. */
export async function lockAssignee(db: Queryable, agentType: string): Promise<void> {
  await db.execute(sql`select from agents where type = ${agentType} for update`);
}

export async function countInProgress(db: Queryable, agentType: string): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(tasks)
    .where(and(eq(tasks.assignedTo, agentType), eq(tasks.status, 'in_progress')));
  return row?.count ?? 0;
}

export const lockClaimsOf = (db: Queryable, instanceId: string): Promise<TaskRow[]> =>
  db
    .select()
    .from(tasks)
    .where(and(eq(tasks.claimedBy, instanceId), eq(tasks.status, 'in_progress')))
    .orderBy(asc(tasks.id))
    .for('update');

/** What a life works on; of several, the eldest. */
export async function findInHand(db: Queryable, instanceId: string): Promise<string | null> {
  const [row] = await db
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(eq(tasks.claimedBy, instanceId), eq(tasks.status, 'in_progress')))
    .orderBy(asc(tasks.id))
    .limit(1);
  return row?.id ?? null;
}

/** Another sweep's rows are left to it. */
export const lockExpiredLeases = (db: Queryable, now: number, limit: number): Promise<TaskRow[]> =>
  db
    .select()
    .from(tasks)
    .where(and(eq(tasks.status, 'in_progress'), lt(tasks.leaseUntil, now)))
    .orderBy(asc(tasks.id))
    .limit(limit)
    .for('update', { skipLocked: true });

/** Of each agent's tasks in progress, those that come after its first `limit`. */
export async function lockBeyond(db: Queryable, limit: number): Promise<TaskRow[]> {
  const ranked = db
    .select({
      id: tasks.id,
      place: sql<number>`row_number() over (partition by ${tasks.assignedTo} order by ${tasks.id})`.as('place'),
    })
    .from(tasks)
    .where(eq(tasks.status, 'in_progress'))
    .as('ranked');
  const beyond = db.select({ id: ranked.id }).from(ranked).where(gt(ranked.place, limit));
  return db
    .select()
    .from(tasks)
    .where(and(inArray(tasks.id, beyond), eq(tasks.status, 'in_progress')))
    .orderBy(asc(tasks.id))
    .for('update');
}

/** Finished before, eldest first; another replica's are left to it. */
export const lockFinished = (db: Queryable, before: number, limit: number): Promise<TaskRow[]> =>
  db
    .select()
    .from(tasks)
    .where(and(inArray(tasks.status, ['completed', 'failed', 'cancelled']), lt(tasks.completedAt, before)))
    .orderBy(asc(tasks.id))
    .limit(limit)
    .for('update', { skipLocked: true });

export async function deleteTasks(db: Queryable, ids: readonly string[]): Promise<void> {
  await db.delete(tasks).where(inArray(tasks.id, [...ids]));
}

/** A claim lives as long as its life's heart beats. */
export async function renewLeases(db: Queryable, instanceIds: readonly string[], leaseUntil: number): Promise<void> {
  await db
    .update(tasks)
    .set({ leaseUntil })
    .where(and(inArray(tasks.claimedBy, [...instanceIds]), eq(tasks.status, 'in_progress')));
}

export interface TaskQuery {
  readonly status?: TaskStatus | undefined;
  readonly assignedTo?: string | undefined;
  readonly priority?: Priority | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

export async function listTasks(db: Queryable, query: TaskQuery) {
  const where = and(
    query.status === undefined ? undefined : eq(tasks.status, query.status),
    query.assignedTo === undefined ? undefined : eq(tasks.assignedTo, query.assignedTo),
    query.priority === undefined ? undefined : eq(tasks.priority, query.priority),
  );
  // The ids first, from the index alone: what the offset passes over is not read.
  const ids = db
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(where, query.before === undefined ? undefined : lt(tasks.id, query.before)))
    .orderBy(desc(tasks.id))
    .limit(query.limit)
    .offset(query.offset)
    .as('page');
  const rows = await db
    .select(getTableColumns(tasks))
    .from(tasks)
    .innerJoin(ids, eq(ids.id, tasks.id))
    .orderBy(desc(tasks.id));
  const [total] = await db.select({ count: count() }).from(tasks).where(where);
  return { rows, total: total?.count ?? 0 };
}

const urgency = sql`array_position(array[${sql.join(
  priorityOrder.map((priority) => sql`${priority}`),
  sql`, `,
)}]::text[], ${tasks.priority})`;

/** Most urgent first, then oldest. */
export const tasksFor = (
  db: Queryable,
  query: { assignedTo?: string | undefined; status?: readonly TaskStatus[] | undefined; limit: number },
): Promise<TaskRow[]> =>
  db
    .select()
    .from(tasks)
    .where(
      and(
        query.assignedTo === undefined ? undefined : eq(tasks.assignedTo, query.assignedTo),
        query.status === undefined ? undefined : inArray(tasks.status, [...query.status]),
      ),
    )
    .orderBy(urgency, asc(tasks.id))
    .limit(query.limit);
