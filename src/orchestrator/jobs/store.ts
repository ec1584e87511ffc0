import { and, asc, desc, eq, inArray, isNotNull, lt, lte, notInArray, or, sql } from 'drizzle-orm';
import type { Queryable } from '../platform/postgres.ts';
import { jobRuns, jobs } from './tables.ts';

export type JobRow = typeof jobs.$inferSelect;
export type RunRow = typeof jobRuns.$inferSelect;

export const listJobs = (db: Queryable): Promise<JobRow[]> =>
  db.select().from(jobs).orderBy(asc(jobs.kind), asc(jobs.id));

export async function findJob(db: Queryable, id: string): Promise<JobRow | undefined> {
  const [row] = await db.select().from(jobs).where(eq(jobs.id, id));
  return row;
}

export async function lockJob(db: Queryable, id: string): Promise<JobRow | undefined> {
  const [row] = await db.select().from(jobs).where(eq(jobs.id, id)).for('update');
  return row;
}

/** False when one of this id is there. */
export async function insertJob(db: Queryable, row: JobRow): Promise<boolean> {
  const { rowCount } = await db.insert(jobs).values(row).onConflictDoNothing();
  return rowCount === 1;
}

export async function updateJob(db: Queryable, id: string, change: Partial<JobRow>): Promise<JobRow> {
  const [row] = await db.update(jobs).set(change).where(eq(jobs.id, id)).returning();
  if (!row) throw new Error(`job ${id} vanished under its lock`);
  return row;
}

/** Nothing happens when the job was removed meanwhile. */
export async function closeJobRun(db: Queryable, runId: string, change: Partial<JobRow>): Promise<void> {
  await db
    .update(jobs)
    .set({ ...change, runId: null })
    .where(eq(jobs.runId, runId));
}

export async function deleteJob(db: Queryable, id: string): Promise<void> {
  await db.delete(jobs).where(eq(jobs.id, id));
}

/** Jobs of a former version of the system. */
export async function deleteSystemJobs(db: Queryable, except: readonly string[]): Promise<void> {
  await db.delete(jobs).where(and(eq(jobs.kind, 'system'), notInArray(jobs.id, [...except])));
}

export const countOwnJobs = (db: Queryable): Promise<number> => db.$count(jobs, eq(jobs.kind, 'own'));

/** Those that are due, are asked for, or are at work: whoever works at them may have died. */
export async function jobsToLookAt(db: Queryable, now: number): Promise<Pick<JobRow, 'id' | 'kind'>[]> {
  const queued = db.select({ id: jobRuns.jobId }).from(jobRuns).where(eq(jobRuns.status, 'queued'));
  return db
    .select({ id: jobs.id, kind: jobs.kind })
    .from(jobs)
    .where(or(and(eq(jobs.enabled, true), lte(jobs.nextAt, now)), isNotNull(jobs.runId), inArray(jobs.id, queued)));
}

/** False when this slot has its run, or another run of the job waits already. */
export async function insertRun(db: Queryable, row: RunRow): Promise<boolean> {
  const { rowCount } = await db.insert(jobRuns).values(row).onConflictDoNothing();
  return rowCount === 1;
}

export async function findRun(db: Queryable, id: string): Promise<RunRow | undefined> {
  const [row] = await db.select().from(jobRuns).where(eq(jobRuns.id, id));
  return row;
}

export async function findQueuedRun(db: Queryable, jobId: string): Promise<RunRow | undefined> {
  const [row] = await db
    .select()
    .from(jobRuns)
    .where(and(eq(jobRuns.jobId, jobId), eq(jobRuns.status, 'queued')));
  return row;
}

/** False when the run is no more at this attempt: another has taken it over. */
export async function updateRun(
  db: Queryable,
  { id, attempt }: Pick<RunRow, 'id' | 'attempt'>,
  change: Partial<RunRow>,
): Promise<boolean> {
  const open = inArray(jobRuns.status, ['queued', 'running']);
  const { rowCount } = await db
    .update(jobRuns)
    .set(change)
    .where(and(eq(jobRuns.id, id), eq(jobRuns.attempt, attempt), open));
  return rowCount === 1;
}

export const listRuns = (db: Queryable, query: { jobId: string; before?: string | undefined; limit: number }) =>
  db
    .select()
    .from(jobRuns)
    .where(and(eq(jobRuns.jobId, query.jobId), query.before === undefined ? undefined : lt(jobRuns.id, query.before)))
    .orderBy(desc(jobRuns.id))
    .limit(query.limit);

/** Ids sort by time, so the eldest come first; returns how many went. */
export async function deleteRuns(db: Queryable, { before, limit }: { before: number; limit: number }): Promise<number> {
  const eldest = db.select({ id: jobRuns.id }).from(jobRuns).orderBy(asc(jobRuns.id)).limit(limit);
  const { rowCount } = await db
    .delete(jobRuns)
    .where(
      and(inArray(jobRuns.id, eldest), lt(jobRuns.finishedAt, before), sql`${jobRuns.status} in ('done', 'failed')`),
    );
  return rowCount ?? 0;
}
