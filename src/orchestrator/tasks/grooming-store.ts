import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Queryable } from '../platform/postgres.ts';
import type { OpenTask } from './grooming-rules.ts';
import { tasks } from './tables.ts';

const isOpen = inArray(tasks.status, ['pending', 'in_progress']);

/** Eldest first, from behind a task on. */
export async function openTasks(
  db: Queryable,
  { after, limit }: { after: string; limit: number },
): Promise<OpenTask[]> {
  const rows = await db
    .select()
    .from(tasks)
    .where(and(isOpen, gt(tasks.id, after)))
    .orderBy(asc(tasks.id))
    .limit(limit);
  return rows.map((row) => ({
    ...row,
    status: row.status === 'in_progress' ? row.status : 'pending',
    givenPriority: row.givenPriority ?? row.priority,
  }));
}

/** Which of these are still open. */
export async function openAmong(db: Queryable, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(isOpen, inArray(tasks.id, [...ids])));
  return new Set(rows.map(({ id }) => id));
}

/** Whether the database compares by trigrams: where it may not have pg_trgm, the migration leaves this out. */
export async function comparesTasks(db: Queryable): Promise<boolean> {
  const { rows } = await db.execute<{ there: boolean }>(
    sql`select to_regprocedure('tasks_alike(text[],text[])') is not null as there`,
  );
  return rows[0]?.there === true;
}

/** Of one statement: among fifty thousand tasks a look-up takes 10 to 50 ms, and a statement may take ten seconds. */
const lookedUpAtOnce = 25;

/** Of each of these the open tasks before it that say nearly the same, eldest first; looked up, however many there are. */
export async function alikeBefore(db: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
  const alike = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (let at = 0; at < ids.length; at += lookedUpAtOnce) {
    const asked = sql.param(ids.slice(at, at + lookedUpAtOnce));
    const { rows } = await db.execute<{ id: string; elder: string }>(
      sql`select id, elder from tasks_alike(${asked}::text[], ${sql.param([...ids])}::text[]) order by id, elder`,
    );
    for (const { id, elder } of rows) alike.get(id)?.push(elder);
  }
  return alike;
}

export async function markCompared(db: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .update(tasks)
    .set({ compared: true })
    .where(and(inArray(tasks.id, [...ids]), eq(tasks.compared, false)));
}
