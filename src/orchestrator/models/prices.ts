import type { ModelPrice, Rates } from '../../contracts/model.ts';
import type { Usage } from './accounts.ts';

/** USD for a million tokens: input, output, read from the cache, written to it, written to be kept for an hour. */
type Listed = readonly [number, number, number, number, number?];

const rates = ([input, output, cacheRead, cacheWrite, cacheWriteHour = cacheWrite]: Listed): Rates => ({
  input,
  output,
  cacheRead,
  cacheWrite,
  cacheWriteHour,
});

/** `above`: the same for calls with more input than so many tokens, what comes from the cache included. */
const metered = (
  listed: Listed,
  maxOutput: number,
  above?: { readonly inputTokens: number; readonly listed: Listed },
): ModelPrice => ({
  ...rates(listed),
  maxOutput,
  ...(above && { above: { inputTokens: above.inputTokens, ...rates(above.listed) } }),
});

const longSonnet = { inputTokens: 200_000, listed: [6, 22.5, 0.6, 7.5, 12] } as const;
const longGemini = { inputTokens: 200_000, listed: [2.5, 15, 0.25, 0] } as const;

/** From the providers' public lists, as of `pricesDate`. */
export const prices: Readonly<Record<string, ModelPrice>> = {
  'anthropic/claude-opus-4-5': metered([5, 25, 0.5, 6.25, 10], 64_000),
  'anthropic/claude-opus-4-1': metered([15, 75, 1.5, 18.75, 30], 32_000),
  'anthropic/claude-sonnet-4-5': metered([3, 15, 0.3, 3.75, 6], 64_000, longSonnet),
  'anthropic/claude-haiku-4-5': metered([1, 5, 0.1, 1.25, 2], 64_000),
  'openai/gpt-5.1': metered([1.25, 10, 0.125, 0], 128_000),
  'openai/gpt-5': metered([1.25, 10, 0.125, 0], 128_000),
  'openai/gpt-5-mini': metered([0.25, 2, 0.025, 0], 128_000),
  'openai/gpt-5-nano': metered([0.05, 0.4, 0.005, 0], 128_000),
  'openai/gpt-4.1': metered([2, 8, 0.5, 0], 32_768),
  'openai/gpt-4.1-mini': metered([0.4, 1.6, 0.1, 0], 32_768),
  'openai/gpt-4o': metered([2.5, 10, 1.25, 0], 16_384),
  'openai/gpt-4o-mini': metered([0.15, 0.6, 0.075, 0], 16_384),
  'openrouter/anthropic/claude-sonnet-4.5': metered([3, 15, 0.3, 3.75, 6], 64_000, longSonnet),
  'openrouter/openai/gpt-5': metered([1.25, 10, 0.125, 0], 128_000),
  'gemini/gemini-2.5-pro': metered([1.25, 10, 0.125, 0], 65_536, longGemini),
  'gemini/gemini-2.5-flash': metered([0.3, 2.5, 0.03, 0], 65_536),
  'gemini/gemini-2.5-flash-lite': metered([0.1, 0.4, 0.01, 0], 65_536),
  'openai/text-embedding-3-small': metered([0.02, 0, 0, 0], 1),
  'openai/text-embedding-3-large': metered([0.13, 0, 0, 0], 1),
  'openrouter/openai/text-embedding-3-small': metered([0.02, 0, 0, 0], 1),
  'gemini/gemini-embedding-001': metered([0.15, 0, 0, 0], 1),
};

/** Models of one's own machines, and of subscriptions: their calls are counted and cost nothing. */
const unmetered: readonly string[] = ['ollama', 'custom', 'rehearsal'];
const free: ModelPrice = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, maxOutput: 32_768 };

/** A dated name (`claude-sonnet-4-5-20250929`) has its family's price. What nobody has priced is not free: it costs as much as the dearest. */
export function priceOf(
  { provider, model }: { provider: string; model: string },
  own: Readonly<Record<string, ModelPrice>> = {},
): ModelPrice {
  const table = { ...prices, ...own };
  const name = `${provider}/${model}`;
  const known = table[name] ?? table[name.replace(/[-@]\d{4}-?\d{2}-?\d{2}$/, '')];
  if (known) return known;
  if (unmetered.includes(provider)) return free;
  const all = Object.values(table);
  const dearest = (part: keyof Rates) =>
    Math.max(...all.flatMap((price) => [price, ...longOf(price)]).map((tier) => tier[part] ?? tier.cacheWrite));
  return {
    input: dearest('input'),
    output: dearest('output'),
    cacheRead: dearest('cacheRead'),
    cacheWrite: dearest('cacheWrite'),
    cacheWriteHour: dearest('cacheWriteHour'),
    maxOutput: Math.max(...all.map(({ maxOutput }) => maxOutput)),
  };
}

const longOf = ({ above }: ModelPrice): Rates[] => (above ? [above] : []);

/** What a call with so much input is billed at, from its first token on. */
const ratesFor = (price: ModelPrice, { inputTokens, cacheReadTokens, cacheWriteTokens }: Usage): Rates =>
  price.above && inputTokens + cacheReadTokens + cacheWriteTokens > price.above.inputTokens ? price.above : price;

const parts = 1_000_000;

/** In millionths of a dollar, rounded up; USD for a million tokens is millionths of a dollar for one. */
function costAt(usage: Usage, { input, output, cacheRead, cacheWrite, cacheWriteHour = cacheWrite }: Rates): number {
  const exact = (tokens: number, perToken: number) => tokens * Math.round(perToken * parts);
  const hour = Math.min(usage.cacheWriteHourTokens ?? 0, usage.cacheWriteTokens);
  const total =
    exact(usage.inputTokens, input) +
    exact(usage.outputTokens, output) +
    exact(usage.cacheReadTokens, cacheRead) +
    exact(usage.cacheWriteTokens - hour, cacheWrite) +
    exact(hour, cacheWriteHour);
  return Math.ceil(total / parts);
}

export const costOf = (usage: Usage, price: ModelPrice): number => costAt(usage, ratesFor(price, usage));

/** The most that so much can cost: providers charge extra for input that they are told to keep, and for a lot of it. */
export function mostOf(ceiling: Usage, price: ModelPrice): number {
  const tiers = [price, ratesFor(price, ceiling)];
  const dearestInput = ({ input, cacheRead, cacheWrite, cacheWriteHour = 0 }: Rates) =>
    Math.max(input, cacheRead, cacheWrite, cacheWriteHour);
  return Math.max(...tiers.map((tier) => costAt(ceiling, { ...tier, input: dearestInput(tier) })));
}
