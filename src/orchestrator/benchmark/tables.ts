import { bigint, doublePrecision, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { BenchmarkAnswer, BenchmarkStatus } from '../../contracts/benchmark.ts';
import { createdAt, id, moment } from '../platform/columns.ts';

const amount = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0);

export const benchmarkRuns = pgTable(
  'benchmark_runs',
  {
    id: id('id').primaryKey(),
    status: text('status').$type<BenchmarkStatus>().notNull(),
    models: jsonb('models').$type<string[]>().notNull(),
    tasks: jsonb('tasks').$type<string[]>().notNull(),
    /** As it was set when the run began: all its texts have the same judge. */
    judge: text('judge'),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
    finishedAt: moment('finished_at'),
  },
  (table) => [index('benchmark_runs_by_status').on(table.status, table.finishedAt)],
);

/** One question to one model: what is claimed, done once, and kept. */
export const benchmarkAnswers = pgTable(
  'benchmark_answers',
  {
    id: id('id').primaryKey(),
    runId: id('run_id')
      .notNull()
      .references(() => benchmarkRuns.id, { onDelete: 'cascade' }),
    model: text('model').notNull(),
    task: text('task').notNull(),
    /** Of the task's content when the run began. */
    version: text('version').notNull(),
    item: text('item').notNull(),
    status: text('status').$type<BenchmarkAnswer['status']>().notNull(),
    /** Counted when one begins; it tells a worker that was held up from the one that took over. */
    attempts: integer('attempts').notNull().default(0),
    /** Somebody works on it, or died doing so. */
    claimedUntil: moment('claimed_until'),
    /** What the model said: there before it is scored, so that nobody asks it again. */
    answer: text('answer'),
    firstTokenMs: integer('first_token_ms'),
    totalMs: integer('total_ms'),
    inputTokens: bigint('input_tokens', { mode: 'number' }),
    outputTokens: bigint('output_tokens', { mode: 'number' }),
    costMicroUsd: amount('cost_micro_usd'),
    judgeCostMicroUsd: amount('judge_cost_micro_usd'),
    score: doublePrecision('score'),
    because: text('because'),
    error: text('error'),
  },
  (table) => [
    uniqueIndex('one_answer_per_question').on(table.runId, table.model, table.task, table.item),
    index('benchmark_answers_open').on(table.status, table.id),
  ],
);
