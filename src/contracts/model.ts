import { z } from 'zod';

/** `anthropic/claude-sonnet-5-5`. */
export const modelNameSchema = z
  .string()
  .regex(/^(anthropic|openai|openrouter|gemini|ollama|custom|rehearsal)\/[\x21-\x7e]{1,150}$/, {
    error: 'must be provider/model; providers: anthropic, openai, openrouter, gemini, ollama, custom, rehearsal',
  });

/** A model that makes vectors of texts; empty: none. */
export const embeddingModelSchema = z.literal('').or(modelNameSchema.regex(/^(?!anthropic|rehearsal)/));

/** How a call that names no model finds one. */
export const routingStrategySchema = z.enum(['claude-only', 'agent-role', 'task-type', 'cheapest', 'fallback']);
export type RoutingStrategy = z.infer<typeof routingStrategySchema>;

/** Role, task type or name that a client uses for a model → models in order; `default` is for the rest. */
export const modelRoutesSchema = z
  .record(z.string().regex(/^[a-z0-9][a-z0-9._-]{0,79}$/i), z.array(modelNameSchema).min(1).max(20))
  .refine((routes) => Array.isArray(routes['default']), 'must have a list for "default"');
export type ModelRoutes = z.infer<typeof modelRoutesSchema>;

const sonnet = ['anthropic/claude-sonnet-5-5', 'openrouter/anthropic/claude-sonnet-5.5'];
const large = [...sonnet, 'openai/gpt-5.6-terra', 'gemini/gemini-3.8-flash'];
const small = ['anthropic/claude-haiku-5-5', 'openai/gpt-5.6-luna', 'gemini/gemini-3.5-flash-lite'];

export const defaultModelRoutes: ModelRoutes = {
  default: large,
  ceo: ['anthropic/claude-opus-5-5', ...large],
  dao: ['anthropic/claude-opus-5-5', ...large],
  coo: small,
  code: large,
  writing: large,
  summary: small,
};

/** When the youngest of the built-in prices were published. */
export const pricesDate = '2026-10-24';

const usdSchema = z.number().min(0).max(10_000);

/** USD for a million tokens. */
const ratesSchema = z.strictObject({
  input: usdSchema,
  output: usdSchema,
  /** From the cache, and into it; like any input, where they are left out. */
  cacheRead: usdSchema.optional(),
  cacheWrite: usdSchema.optional(),
  /** Written to be kept for an hour; what is written at all, where it is left out. */
  cacheWriteHour: usdSchema.optional(),
});
export type Rates = z.output<typeof ratesSchema>;

/** `maxOutput`: the most a model says at once, in tokens. `above`: for all tokens of a call with more input than that. */
export const modelPriceSchema = ratesSchema.extend({
  maxOutput: z.number().int().min(1).max(10_000_000).default(32_768),
  above: ratesSchema.extend({ inputTokens: z.number().int().min(1).max(100_000_000) }).optional(),
});
export type ModelPrice = z.output<typeof modelPriceSchema>;
