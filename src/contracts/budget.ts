import { z } from 'zod';
import { timestamp } from './primitives.ts';

/** Amounts of `usd` are micro-USD (1 000 000 to the dollar) everywhere but where people write them. */
export const measureSchema = z.enum(['usd', 'tokens', 'calls']);
export type Measure = z.infer<typeof measureSchema>;

/** By the calendar of UTC. */
export const periodSchema = z.enum(['daily', 'monthly']);
export type Period = z.infer<typeof periodSchema>;

const limitsSchema = z.strictObject({
  /** Dollars, to the millionth. */
  usd: z.number().min(0).max(1_000_000).multipleOf(0.000001).optional(),
  /** Of all kinds together. */
  tokens: z.number().int().min(0).max(1_000_000_000_000).optional(),
  calls: z.number().int().min(0).max(1_000_000_000).optional(),
});

/** What may be spent on thinking; what is left out has no limit. */
export const budgetsSchema = z.strictObject({ daily: limitsSchema.optional(), monthly: limitsSchema.optional() });
export type Budgets = z.output<typeof budgetsSchema>;

/** An amount of a budget's measure: micro-USD, tokens or calls. */
const amount = z.number().int();

export const budgetSchema = z.object({
  /** Its name, `<subject>.<period>.<measure>`, such as `cmo.monthly.usd`. */
  budget: z.string(),
  /** A role, or `team` for all together. */
  subject: z.string(),
  period: periodSchema,
  measure: measureSchema,
  unit: z.enum(['micro_usd', 'tokens', 'calls']),
  limit: amount,
  spent: amount,
  /** The most that calls under way can cost. */
  reserved: amount,
  periodStart: timestamp,
  periodEnd: timestamp,
});
export type Budget = z.infer<typeof budgetSchema>;

/** Calls of models and what they used, for one combination of what was grouped by. */
export const usageSchema = z.object({
  agent: z.string().optional(),
  /** With its provider: `anthropic/claude-sonnet-5-5`. */
  model: z.string().optional(),
  /** In UTC, `2030-01-31`. */
  day: z.string().optional(),
  calls: z.number().int(),
  /** Those of the calls that brought no answer. */
  failedCalls: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  cacheReadTokens: z.number().int(),
  cacheWriteTokens: z.number().int(),
  costMicroUsd: z.number().int(),
});

const count = z.number().int();
/** Milliseconds; null where no call brought an answer. */
const times = z.object({ p50: z.number().int(), p95: z.number().int() }).nullable();

/** Calls of one time, as they went. */
export const callStatsSchema = z.object({
  calls: count,
  /** Those that brought no answer. */
  failedCalls: count,
  tokens: count,
  costMicroUsd: count,
  /** Until the first token, and until the answer was whole; of calls that brought one. */
  firstTokenMs: times,
  durationMs: times,
});
export type CallStats = z.infer<typeof callStatsSchema>;

/** How far back, and in steps of how many seconds: the same number of them whatever the team does. */
export const usageRanges = { '24h': 3_600, '7d': 21_600, '30d': 86_400 } as const;
export const usageRangeSchema = z.enum(['24h', '7d', '30d']);
export type UsageRange = z.infer<typeof usageRangeSchema>;

export const usageSeriesSchema = z.object({
  /** An agent or a model; null: all others together. */
  name: z.string().nullable(),
  total: callStatsSchema,
  /** Steps in which there were calls, by their beginning. */
  points: z.array(callStatsSchema.extend({ at: timestamp })),
});
export type UsageSeries = z.infer<typeof usageSeriesSchema>;
