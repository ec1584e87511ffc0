import type { ModelPrice } from '../../contracts/model.ts';
import type { Usage } from './accounts.ts';

const metered = (
  [input, output, cacheRead, cacheWrite]: readonly [number, number, number, number],
  maxOutput: number,
): ModelPrice => ({ input, output, cacheRead, cacheWrite, maxOutput });

/** USD for a million tokens: input, output, read from the cache, written to it. From the providers' public lists, as of `pricesDate`. */
export const prices: Readonly<Record<string, ModelPrice>> = {
  'anthropic/claude-opus-4-5': metered([5, 25, 0.5, 6.25], 64_000),
  'anthropic/claude-opus-4-1': metered([15, 75, 1.5, 18.75], 32_000),
  'anthropic/claude-sonnet-4-5': metered([3, 15, 0.3, 3.75], 64_000),
  'anthropic/claude-haiku-4-5': metered([1, 5, 0.1, 1.25], 64_000),
  'openai/gpt-5.1': metered([1.25, 10, 0.125, 0], 128_000),
  'openai/gpt-5': metered([1.25, 10, 0.125, 0], 128_000),
  'openai/gpt-5-mini': metered([0.25, 2, 0.025, 0], 128_000),
  'openai/gpt-5-nano': metered([0.05, 0.4, 0.005, 0], 128_000),
  'openai/gpt-4.1': metered([2, 8, 0.5, 0], 32_768),
  'openai/gpt-4.1-mini': metered([0.4, 1.6, 0.1, 0], 32_768),
  'openai/gpt-4o': metered([2.5, 10, 1.25, 0], 16_384),
  'openai/gpt-4o-mini': metered([0.15, 0.6, 0.075, 0], 16_384),
  'openrouter/anthropic/claude-sonnet-4.5': metered([3, 15, 0.3, 3.75], 64_000),
  'openrouter/openai/gpt-5': metered([1.25, 10, 0.125, 0], 128_000),
  'gemini/gemini-2.5-pro': metered([1.25, 10, 0.125, 0], 65_536),
  'gemini/gemini-2.5-flash': metered([0.3, 2.5, 0.03, 0], 65_536),
  'gemini/gemini-2.5-flash-lite': metered([0.1, 0.4, 0.01, 0], 65_536),
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
  const most = (part: keyof ModelPrice) => Math.max(...all.map((price) => price[part]));
  return {
    input: most('input'),
    output: most('output'),
    cacheRead: most('cacheRead'),
    cacheWrite: most('cacheWrite'),
    maxOutput: most('maxOutput'),
  };
}

const parts = 1_000_000;

/** In millionths of a dollar, rounded up; USD for a million tokens is millionths of a dollar for one. */
export function costOf(usage: Usage, price: ModelPrice): number {
  const exact = (tokens: number, perToken: number) => tokens * Math.round(perToken * parts);
  const total =
    exact(usage.inputTokens, price.input) +
    exact(usage.outputTokens, price.output) +
    exact(usage.cacheReadTokens, price.cacheRead) +
    exact(usage.cacheWriteTokens, price.cacheWrite);
  return Math.ceil(total / parts);
}

/** The most that so much can cost: providers charge extra for input that they are told to keep. */
export const mostOf = (ceiling: Usage, price: ModelPrice): number =>
  costOf(ceiling, { ...price, input: Math.max(price.input, price.cacheWrite) });
