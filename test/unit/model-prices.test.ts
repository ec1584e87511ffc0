import { describe, expect, it } from 'vitest';
import type { Usage } from '../../src/orchestrator/models/accounts.ts';
import { ceilingOf } from '../../src/orchestrator/models/ceiling.ts';
import { costOf, mostOf, priceOf, prices } from '../../src/orchestrator/models/prices.ts';

const used = (parts: Partial<Usage>): Usage => ({
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  ...parts,
});
const sonnet = priceOf({ provider: 'anthropic', model: 'claude-sonnet-4-5' });
const nano = priceOf({ provider: 'openai', model: 'gpt-5-nano' });

describe('what a call costs, in millionths of a dollar', () => {
  it.each<[string, Usage, typeof sonnet, number]>([
    ['nothing', used({}), sonnet, 0],
    ['input', used({ inputTokens: 1_000 }), sonnet, 3_000],
    ['output', used({ outputTokens: 1_000 }), sonnet, 15_000],
    ['a million of each', used({ inputTokens: 1e6, outputTokens: 1e6 }), sonnet, 18_000_000],
    ['read from the cache', used({ cacheReadTokens: 10 }), sonnet, 3],
    ['written to it', used({ cacheWriteTokens: 100 }), sonnet, 375],
    ['a part of a millionth is a whole one', used({ cacheReadTokens: 1 }), nano, 1],
    ['parts add up before they are rounded', used({ inputTokens: 10, cacheReadTokens: 100 }), nano, 1],
  ])('%s', (_what, usage, price, cost) => {
    expect(costOf(usage, price)).toBe(cost);
  });

  it('is exact where sums of fractions are not', () => {
    const price = { input: 0.1, output: 0.2, cacheRead: 0, cacheWrite: 0, maxOutput: 1 };
    expect(costOf(used({ inputTokens: 1e7, outputTokens: 1e7 }), price)).toBe(3_000_000);
  });
});

describe('the price of a model', () => {
  it('with a date in its name is its family’s', () => {
    expect(priceOf({ provider: 'anthropic', model: 'claude-sonnet-4-5-20250929' })).toEqual(sonnet);
  });
  it('of one’s own is nothing', () => {
    expect(priceOf({ provider: 'ollama', model: 'llama' })).toMatchObject({ input: 0, output: 0 });
  });
  it('that nobody knows is the dearest, for unknown is not free', () => {
    const { output } = priceOf({ provider: 'openai', model: 'gpt-99' });
    expect(output).toBe(Math.max(...Object.values(prices).map((price) => price.output)));
  });
  it('is the operator’s before ours', () => {
    const own = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, maxOutput: 10 };
    expect(priceOf({ provider: 'openai', model: 'gpt-5' }, { 'openai/gpt-5': own })).toEqual(own);
  });
});

describe('the most a call can use', () => {
  const price = { ...sonnet, maxOutput: 64_000 };
  it.each<[string, Record<string, unknown>, number]>([
    ['what the client allows', { max_tokens: 100 }, 100],
    ['by its newer name', { max_completion_tokens: 50 }, 50],
    ['by whichever of the two is more', { max_completion_tokens: 50, max_tokens: 100 }, 100],
    ['for each of several answers', { max_tokens: 100, n: 7 }, 700],
    ['what the model can', {}, 64_000],
  ])('of output is %s', (_what, body, tokens) => {
    expect(ceilingOf(body, price).outputTokens).toBe(tokens);
  });
  it('counts a picture as one, however many bytes it has', () => {
    const url = `data:image/png;base64,${'A'.repeat(1_000_000)}`;
    const { inputTokens } = ceilingOf({ messages: [{ content: [{ type: 'image_url', image_url: { url } }] }] }, price);
    expect(inputTokens).toBeGreaterThan(1_000);
    expect(inputTokens).toBeLessThan(10_000);
  });
  it('counts bytes, for a token holds few letters of most scripts', () => {
    const of = (text: string) => ceilingOf({ messages: [{ role: 'user', content: text }] }, price).inputTokens;
    expect(of('董'.repeat(3_000)) - of('')).toBe(3_000);
  });
  it.each<[string, object]>([
    ['words without a blank', { content: 'A'.repeat(300_000) }],
    ['words that say they are a picture', { content: `data:image/png;base64,${'A'.repeat(300_000)}` }],
    ['a picture where none can be', { content: [{ type: 'text', text: '', image_url: { url: 'A'.repeat(300_000) } }] }],
    ['one in what a tool was given', { content: [{ type: 'tool_use', input: { data: 'A'.repeat(300_000) } }] }],
  ])('takes no words for a picture: %s', (_what, message) => {
    expect(ceilingOf({ messages: [message] }, price).inputTokens).toBeGreaterThan(100_000);
  });
  it('costs what the dearest kind of input does', () => {
    const ceiling = ceilingOf({ messages: [], max_tokens: 10 }, price);
    const kept = { ...ceiling, inputTokens: 0, cacheWriteTokens: ceiling.inputTokens };
    expect(mostOf(ceiling, price)).toBeGreaterThanOrEqual(costOf(kept, price));
  });
});
