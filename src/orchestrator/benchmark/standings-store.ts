import { and, count, eq, or, sql } from 'drizzle-orm';
import type { Queryable } from '../platform/postgres.ts';
import { median, wholeOrNull } from './aggregates.ts';
import { benchmarkAnswers as answers, benchmarkRuns as runs } from './tables.ts';

/** One model at one task, over all finished runs in which everything got a score. */
export interface Standing {
  readonly model: string;
  readonly task: string;
  readonly score: number;
  readonly runs: number;
  readonly firstTokenMs: number | null;
  readonly totalMs: number | null;
  readonly costMicroUsd: number;
  /** Milliseconds since 1970. */
  readonly lastRunAt: number;
}

/** `versions`: of the tasks as they are today. */
export async function standings(
  db: Queryable,
  versions: readonly { task: string; version: string }[],
): Promise<Standing[]> {
  if (versions.length === 0) return [];
  const current = or(...versions.map(({ task, version }) => and(eq(answers.task, task), eq(answers.version, version))));
  const each = db
    .select({
      model: answers.model,
      task: answers.task,
      score: sql<number>`avg(${answers.score})`.as('score'),
      firstTokenMs: median(answers.firstTokenMs).as('first_token_ms'),
      totalMs: median(answers.totalMs).as('total_ms'),
      costMicroUsd: sql<number>`sum(${answers.costMicroUsd})`.as('cost_micro_usd'),
      finishedAt: sql<string>`max(${runs.finishedAt})`.as('finished_at'),
    })
    .from(answers)
    .innerJoin(runs, eq(runs.id, answers.runId))
    .where(and(eq(runs.status, 'finished'), current))
    .groupBy(answers.runId, answers.model, answers.task)
    .having(sql`count(*) = count(${answers.score})`)
    .as('each');
  return db
    .select({
      model: each.model,
      task: each.task,
      score: sql<number>`avg(${each.score})`.mapWith(Number),
      runs: count(),
      firstTokenMs: sql<number | null>`avg(${each.firstTokenMs})`.mapWith(wholeOrNull),
      totalMs: sql<number | null>`avg(${each.totalMs})`.mapWith(wholeOrNull),
      costMicroUsd: sql<number>`round(avg(${each.costMicroUsd}))`.mapWith(Number),
      lastRunAt: sql<number>`extract(epoch from max(${each.finishedAt})) * 1000`.mapWith(Number),
    })
    .from(each)
    .groupBy(each.model, each.task);
}
