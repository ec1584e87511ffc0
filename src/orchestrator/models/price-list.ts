import type { ModelPrice, Rates } from '../../contracts/model.ts';

/** USD for a million tokens: input, output, read from the cache, written to it, written to be kept for an hour. */
type Listed = readonly [number, number, number?, number?, number?];

/** What nothing extra is asked for is left out. */
const rates = ([input, output, ...cache]: Listed): Rates => {
  const [cacheRead = input, cacheWrite = input, cacheWriteHour = cacheWrite] = cache;
  return { input, output, cacheRead, cacheWrite, cacheWriteHour };
};

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
const longGemini = { inputTokens: 200_000, listed: [2.5, 15, 0.25] } as const;

/** From the providers' public lists; the youngest is of `pricesDate`, the others say their own. */
export const prices: Readonly<Record<string, ModelPrice>> = {
  // platform.claude.com/docs/en/about-claude/pricing, October 2026.
  'anthropic/claude-fable-5-1': metered([10, 50, 0.25, 12.5, 20], 128_000),
  'anthropic/claude-fable-5': metered([10, 50, 1, 12.5, 20], 128_000),
  'anthropic/claude-opus-5-5': metered([4, 20, 0.2, 5, 8], 128_000),
  'anthropic/claude-opus-5': metered([5, 25, 0.5, 6.25, 10], 128_000),
  'anthropic/claude-opus-4-8': metered([5, 25, 0.5, 6.25, 10], 128_000),
  'anthropic/claude-opus-4-7': metered([5, 25, 0.5, 6.25, 10], 128_000),
  'anthropic/claude-opus-4-6': metered([5, 25, 0.5, 6.25, 10], 128_000),
  'anthropic/claude-opus-4-5': metered([5, 25, 0.5, 6.25, 10], 64_000),
  'anthropic/claude-opus-4-1': metered([15, 75, 1.5, 18.75, 30], 32_000),
  'anthropic/claude-sonnet-5-5': metered([2, 10, 0.1, 2.5, 4], 128_000),
  'anthropic/claude-sonnet-5': metered([2, 10, 0.2, 2.5, 4], 128_000),
  'anthropic/claude-sonnet-4-6': metered([3, 15, 0.3, 3.75, 6], 128_000),
  'anthropic/claude-sonnet-4-5': metered([3, 15, 0.3, 3.75, 6], 64_000, longSonnet),
  'anthropic/claude-haiku-5-5': metered([0.1, 0.5, 0.01, 0.125, 0.2], 128_000, {
    inputTokens: 100_000,
    listed: [0.5, 2.5, 0.05, 0.625, 1],
  }),
  'anthropic/claude-haiku-4-5': metered([1, 5, 0.1, 1.25, 2], 64_000),
  // OpenAI's list as GitHub and others repeat it, between April and September 2026; since 5.6 what is written to the cache costs extra.
  'openai/gpt-5.6-terra': metered([2, 12, 0.2, 2.5], 128_000, { inputTokens: 272_000, listed: [4, 18, 0.4, 5] }),
  'openai/gpt-5.6-luna': metered([0.2, 1.2, 0.02, 0.25], 128_000, {
    inputTokens: 200_000,
    listed: [0.4, 1.8, 0.04, 0.5],
  }),
  'openai/gpt-5.5': metered([5, 30, 0.5], 128_000, { inputTokens: 272_000, listed: [10, 45, 1] }),
  'openai/gpt-5.4': metered([2.5, 15, 0.25], 128_000, { inputTokens: 272_000, listed: [5, 22.5, 0.5] }),
  'openai/gpt-5.4-mini': metered([0.75, 4.5, 0.075], 128_000),
  'openai/gpt-5.4-nano': metered([0.2, 1.25, 0.02], 128_000),
  'openai/gpt-5.2': metered([1.75, 14, 0.175], 128_000),
  // December 2025, and still so in April 2026.
  'openai/gpt-5.1': metered([1.25, 10, 0.125], 128_000),
  'openai/gpt-5': metered([1.25, 10, 0.125], 128_000),
  'openai/gpt-5-mini': metered([0.25, 2, 0.025], 128_000),
  'openai/gpt-5-nano': metered([0.05, 0.4, 0.005], 128_000),
  'openai/gpt-4.1': metered([2, 8, 0.5], 32_768),
  'openai/gpt-4.1-mini': metered([0.4, 1.6, 0.1], 32_768),
  'openai/gpt-4.1-nano': metered([0.1, 0.4, 0.025], 32_768),
  'openai/gpt-4o': metered([2.5, 10, 1.25], 16_384),
  'openai/gpt-4o-mini': metered([0.15, 0.6, 0.075], 16_384),
  'openai/text-embedding-3-small': metered([0.02, 0], 1),
  'openai/text-embedding-3-large': metered([0.13, 0], 1),
  // What is reserved, and what counts where OpenRouter does not say what it has charged: the makers' own prices.
  'openrouter/anthropic/claude-sonnet-5.5': metered([2, 10, 0.2, 2.5, 4], 128_000),
  'openrouter/anthropic/claude-sonnet-4.5': metered([3, 15, 0.3, 3.75, 6], 64_000, longSonnet),
  'openrouter/openai/gpt-5': metered([1.25, 10, 0.125], 128_000),
  'openrouter/openai/text-embedding-3-small': metered([0.02, 0], 1),
  // ai.google.dev/gemini-api/docs/pricing, October 2026. Half of this for 3.8 Flash until the year ends: a budget had better be too careful.
  'gemini/gemini-3.8-flash': metered([1.5, 7.5, 0.15], 65_536),
  'gemini/gemini-3.5-flash': metered([1.5, 9, 0.15], 65_536),
  'gemini/gemini-3.5-flash-lite': metered([0.3, 2.5, 0.03], 65_536),
  // December 2025, and still so in March 2026.
  'gemini/gemini-2.5-pro': metered([1.25, 10, 0.125], 65_536, longGemini),
  'gemini/gemini-2.5-flash': metered([0.3, 2.5, 0.03], 65_536),
  'gemini/gemini-2.5-flash-lite': metered([0.1, 0.4, 0.01], 65_536),
  'gemini/gemini-embedding-001': metered([0.15, 0], 1),
};
