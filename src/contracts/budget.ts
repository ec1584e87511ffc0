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
  /** With its provider: `anthropic/claude-sonnet-4-5`. */
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
