import {
  and,
  asc,
  count,
  desc,
  eq,
  getTableColumns,
  gt,
  inArray,
  isNull,
  lt,
  lte,
  ne,
  or,
  type SQL,
  sql,
} from 'drizzle-orm';
import type { Queryable } from '../platform/postgres.ts';
import { median, sum } from './aggregates.ts';
import { benchmarkAnswers as answers, benchmarkRuns as runs } from './tables.ts';

export type RunRow = typeof runs.$inferSelect;
export type AnswerRow = typeof answers.$inferSelect;

/** A run with how many of its questions are over. */
export interface RunProgress extends RunRow {
  readonly total: number;
  readonly done: number;
}

const rowsAtOnce = 1_000;

export async function insertRun(
  db: Queryable,
  run: typeof runs.$inferInsert,
  questions: readonly (typeof answers.$inferInsert)[],
): Promise<void> {
  await db.insert(runs).values(run);
  for (let at = 0; at < questions.length; at += rowsAtOnce)
    await db.insert(answers).values(questions.slice(at, at + rowsAtOnce));
}

export const countRunning = (db: Queryable): Promise<number> => db.$count(runs, eq(runs.status, 'running'));

/** Those who begin, end and cancel a run do so one after the other. */
export async function lockRun(db: Queryable, id: string): Promise<RunRow | undefined> {
  const [row] = await db.select().from(runs).where(eq(runs.id, id)).for('update');
  return row;
}

/** Nobody begins a run while another looks how many there are. */
export async function lockBeginnings(db: Queryable): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtext('benchmark'))`);
}

export async function endRun(db: Queryable, id: string, end: Pick<RunRow, 'status' | 'finishedAt'>): Promise<void> {
  await db.update(runs).set(end).where(eq(runs.id, id));
}

const isOver = ne(answers.status, 'waiting');
const ofRun = (id: string) => eq(answers.runId, id);

/** In a subquery Drizzle writes columns without their tables, and both have an `id`. */
const own = sql`${answers}."run_id" = ${runs}."id"`;

const progress = {
  ...getTableColumns(runs),
  total: sql<number>`(select count(*) from ${answers} where ${own})`.mapWith(Number),
  done: sql<number>`(select count(*) from ${answers} where ${own} and ${isOver})`.mapWith(Number),
};

/** Without its progress, which has to be counted. */
export async function readRun(db: Queryable, id: string): Promise<RunRow | undefined> {
  const [row] = await db.select().from(runs).where(eq(runs.id, id));
  return row;
}

export async function findRun(db: Queryable, id: string): Promise<RunProgress | undefined> {
  const [row] = await db.select(progress).from(runs).where(eq(runs.id, id));
  return row;
}

interface Page {
  readonly before?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

export async function listRuns(db: Queryable, { before, limit, offset }: Page) {
  const rows = await db
    .select(progress)
    .from(runs)
    .where(before === undefined ? undefined : lt(runs.id, before))
    .orderBy(desc(runs.id))
    .limit(limit)
    .offset(offset);
  return { rows, total: await db.$count(runs) };
}

const measured = {
  model: answers.model,
  task: answers.task,
  items: count(),
  done: sql<number>`count(*) filter (where ${isOver})`.mapWith(Number),
  scored: count(answers.score),
  score: sql<number | null>`avg(${answers.score})`.mapWith((value) => (value === null ? null : Number(value))),
  firstTokenMs: median(answers.firstTokenMs),
  totalMs: median(answers.totalMs),
  inputTokens: sum(answers.inputTokens),
  outputTokens: sum(answers.outputTokens),
  costMicroUsd: sum(answers.costMicroUsd),
  judgeCostMicroUsd: sum(answers.judgeCostMicroUsd),
  error: sql<
    string | null
  >`(array_agg(${answers.error} order by ${answers.item}) filter (where ${answers.error} is not null))[1]`,
};

/** Each model at each task, as far as it is known. */
export const resultsOf = (db: Queryable, runId: string) =>
  db.select(measured).from(answers).where(ofRun(runId)).groupBy(answers.model, answers.task);

export async function listAnswers(
  db: Queryable,
  {
    runId,
    model,
    task,
    limit,
    offset,
  }: Page & { runId: string; model?: string | undefined; task?: string | undefined },
) {
  const where = and(
    ofRun(runId),
    model === undefined ? undefined : eq(answers.model, model),
    task === undefined ? undefined : eq(answers.task, task),
  );
  const rows = await db
    .select()
    .from(answers)
    .where(where)
    .orderBy(asc(answers.model), asc(answers.task), asc(answers.item))
    .limit(limit)
    .offset(offset);
  return { rows, total: await db.$count(answers, where) };
}

export interface Times {
  readonly now: number;
  /** How long a claim holds; one that would hold for twice as long was made before somebody set the clock back. */
  readonly claimMs: number;
}

const isUnclaimed = ({ now, claimMs }: Times): SQL | undefined =>
  or(isNull(answers.claimedUntil), lte(answers.claimedUntil, now), gt(answers.claimedUntil, now + 2 * claimMs));

const isWaiting = eq(answers.status, 'waiting');

/** One of those who try at once gets it; undefined when it is over, or another's. */
export async function claimAnswer(db: Queryable, id: string, times: Times): Promise<AnswerRow | undefined> {
  const [row] = await db
    .update(answers)
    .set({ attempts: sql`${answers.attempts} + 1`, claimedUntil: times.now + times.claimMs })
    .where(and(eq(answers.id, id), isWaiting, isUnclaimed(times)))
    .returning();
  return row;
}

export type Claim = Pick<AnswerRow, 'id' | 'attempts'>;
type Change = Partial<Omit<AnswerRow, 'id' | 'attempts' | 'runId'>>;

/** False when it is over by now, or another has taken it over: then ours counts no more. */
export async function changeClaimed(db: Queryable, { id, attempts }: Claim, change: Change): Promise<boolean> {
  const { rowCount } = await db
    .update(answers)
    .set(change)
    .where(and(eq(answers.id, id), isWaiting, eq(answers.attempts, attempts)));
  return rowCount === 1;
}

export const findWaiting = (db: Queryable, times: Times, limit: number): Promise<AnswerRow[]> =>
  db
    .select()
    .from(answers)
    .where(and(isWaiting, isUnclaimed(times)))
    .orderBy(asc(answers.id))
    .limit(limit);

export const countWaiting = (db: Queryable, runId: string): Promise<number> =>
  db.$count(answers, and(ofRun(runId), isWaiting));

export async function cancelWaiting(db: Queryable, runId: string): Promise<void> {
  await db
    .update(answers)
    .set({ status: 'cancelled', claimedUntil: null })
    .where(and(ofRun(runId), isWaiting));
}

/** How many it removed. */
export async function deleteRunsBefore(db: Queryable, before: number, limit: number): Promise<number> {
  const old = db
    .select({ id: runs.id })
    .from(runs)
    .where(and(ne(runs.status, 'running'), lt(runs.finishedAt, before)))
    .orderBy(asc(runs.finishedAt))
    .limit(limit);
  return (await db.delete(runs).where(inArray(runs.id, old))).rowCount ?? 0;
}
