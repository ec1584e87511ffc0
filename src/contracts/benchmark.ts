import { z } from 'zod';
import { actorSchema, filledText, idOf, timestamp } from './primitives.ts';

/** Whose calls they are in the usage; `budgets.benchmark` bounds them, and the team's budget does too. */
export const benchmarkCaller = 'benchmark';

/** `code-writing`: the name of the task's file. */
export const benchmarkTaskIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be 1 to 64 of a-z, 0-9 and -, beginning with a letter');

/**
 * How an answer is graded: `exact` against keys, `json` field by field, `rules` by what its text must be like, `code` by running
 * it against cases, `rubric` by a judge model.
 */
export const gradingSchema = z.enum(['exact', 'json', 'rules', 'code', 'rubric']);

export const benchmarkTaskSchema = z.object({
  id: benchmarkTaskIdSchema,
  title: z.string(),
  description: z.string(),
  grading: gradingSchema,
  /** How many questions it has. */
  items: z.number().int(),
  /** Of its content: only results of the same version are compared. */
  version: z.string(),
});
export type BenchmarkTask = z.infer<typeof benchmarkTaskSchema>;

const allDifferent = (names: readonly string[]) => new Set(names).size === names.length;

export const newBenchmarkSchema = z.strictObject({
  /** `provider/model`; one that nobody knows becomes an error in the results. */
  models: z.array(filledText(200)).min(1).max(20).refine(allDifferent, 'must not name a model twice'),
  tasks: z.array(benchmarkTaskIdSchema).min(1).max(50).refine(allDifferent, 'must not name a task twice'),
});
export type NewBenchmark = z.output<typeof newBenchmarkSchema>;

export const benchmarkStatusSchema = z.enum(['running', 'finished', 'cancelled']);
export type BenchmarkStatus = z.infer<typeof benchmarkStatusSchema>;

const count = z.number().int();
/** From 0 to 1; null where nothing could be scored, and the error says why. */
const score = z.number().min(0).max(1).nullable();
/** Milliseconds, the median over the answers; null where there is none. */
const latency = count.nullable();

export const benchmarkRunSchema = z.object({
  runId: idOf('bmr'),
  status: benchmarkStatusSchema,
  models: z.array(z.string()),
  tasks: z.array(z.string()),
  /** Of texts; null where the setting `benchmark.judge_model` named none when the run began. */
  judge: z.string().nullable(),
  /** Questions, over all models and tasks, and how many of them are over. */
  total: count,
  done: count,
  createdBy: actorSchema,
  createdAt: timestamp,
  finishedAt: timestamp.nullable(),
});
export type BenchmarkRun = z.infer<typeof benchmarkRunSchema>;

/** One model at one task. */
export const benchmarkResultSchema = z.object({
  model: z.string(),
  task: z.string(),
  /** Of its questions: all there are, those that are over, those of them that have a score. */
  items: count,
  done: count,
  scored: count,
  /** The mean of what is scored so far. */
  score,
  firstTokenMs: latency,
  totalMs: latency,
  inputTokens: count,
  outputTokens: count,
  costMicroUsd: count,
  /** What the judge cost besides. */
  judgeCostMicroUsd: count,
  /** The first reason why something has no score. */
  error: z.string().nullable(),
});

/** `waiting` is nobody's yet or was taken over; `failed` has no score. */
export const benchmarkAnswerStatusSchema = z.enum(['waiting', 'done', 'failed', 'cancelled']);

/** One question to one model. */
export const benchmarkAnswerSchema = z.object({
  id: idOf('bma'),
  model: z.string(),
  task: z.string(),
  /** The question's name within its task. */
  item: z.string(),
  status: benchmarkAnswerStatusSchema,
  score,
  /** What the model said. */
  answer: z.string().nullable(),
  /** What the score was given for: which checks failed, what the judge counted. */
  because: z.string().nullable(),
  firstTokenMs: latency,
  totalMs: latency,
  inputTokens: count.nullable(),
  outputTokens: count.nullable(),
  costMicroUsd: count,
  error: z.string().nullable(),
});
export type BenchmarkAnswer = z.infer<typeof benchmarkAnswerSchema>;

/** One model over all finished runs; only tasks of today's version that were scored in full count. */
export const leaderboardEntrySchema = z.object({
  /** Models that were measured at the same number of tasks compare; more tasks go first. */
  rank: count,
  model: z.string(),
  /** The mean over its tasks. */
  score: z.number().min(0).max(1),
  tasks: z.array(z.object({ task: z.string(), score: z.number().min(0).max(1), runs: count })),
  firstTokenMs: latency,
  totalMs: latency,
  /** For going through those tasks once, on average. */
  costMicroUsd: count,
  lastRunAt: timestamp,
});
export type LeaderboardEntry = z.infer<typeof leaderboardEntrySchema>;
