import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Usage } from '../../src/orchestrator/models/accounts.ts';
import { ceilingOf } from '../../src/orchestrator/models/ceiling.ts';
import { prices } from '../../src/orchestrator/models/price-list.ts';
import { costOf, mostOf, priceOf } from '../../src/orchestrator/models/prices.ts';

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
    ['a million of each', used({ inputTokens: 1e6, outputTokens: 1e6 }), nano, 450_000],
    ['read from the cache', used({ cacheReadTokens: 10 }), sonnet, 3],
    ['written to it', used({ cacheWriteTokens: 100 }), sonnet, 375],
    ['a part of a millionth is a whole one', used({ cacheReadTokens: 1 }), nano, 1],
    ['parts add up before they are rounded', used({ inputTokens: 10, cacheReadTokens: 100 }), nano, 1],
  ])('%s', (_what, usage, price, cost) => {
    expect(costOf(usage, price)).toBe(cost);
  });

  it.each<[string, string, Usage, number]>([
    ['as much as the threshold', 'anthropic/claude-sonnet-4-5', used({ inputTokens: 200_000 }), 600_000],
    ['more than the threshold, all of it', 'anthropic/claude-sonnet-4-5', used({ inputTokens: 200_001 }), 1_200_006],
    [
      'and its output',
      'anthropic/claude-sonnet-4-5',
      used({ inputTokens: 200_001, outputTokens: 1_000 }),
      1_200_006 + 22_500,
    ],
    [
      'what comes from the cache counts towards it',
      'anthropic/claude-sonnet-4-5',
      used({ inputTokens: 100, cacheReadTokens: 150_000, cacheWriteTokens: 50_000 }),
      600 + 90_000 + 375_000,
    ],
    ['of Gemini’s', 'gemini/gemini-2.5-pro', used({ inputTokens: 300_000, outputTokens: 100 }), 750_000 + 1_500],
    ['where there is no threshold', 'openai/gpt-5', used({ inputTokens: 300_000 }), 375_000],
    [
      'kept for an hour',
      'anthropic/claude-sonnet-4-5',
      used({ cacheWriteTokens: 1_000, cacheWriteHourTokens: 400 }),
      600 * 3.75 + 400 * 6,
    ],
    [
      'kept for an hour and more than the threshold',
      'anthropic/claude-sonnet-4-5',
      used({ cacheWriteTokens: 300_000, cacheWriteHourTokens: 300_000 }),
      3_600_000,
    ],
  ])('long input: %s', (_what, name, usage, cost) => {
    const [provider = '', model = ''] = name.split('/');
    expect(costOf(usage, priceOf({ provider, model }))).toBe(cost);
  });

  it('kept for an hour costs what is written where no price is told for it', () => {
    const price = { input: 1, output: 1, cacheRead: 0, cacheWrite: 2, maxOutput: 1 };
    expect(costOf(used({ cacheWriteTokens: 10, cacheWriteHourTokens: 10 }), price)).toBe(20);
  });

  it('of what comes from the cache or goes there is that of any input where no price is told for it', () => {
    const price = { input: 2, output: 1, maxOutput: 1 };
    expect(costOf(used({ cacheReadTokens: 10, cacheWriteTokens: 100 }), price)).toBe(220);
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
  it('that nobody knows is the dearest from the first token on', () => {
    const unknown = priceOf({ provider: 'anthropic', model: 'claude-sonnet-99' });
    const tiers = Object.values(prices).flatMap((price) => [price, ...(price.above ? [price.above] : [])]);
    for (const tier of tiers) {
      expect(unknown.input).toBeGreaterThanOrEqual(tier.input);
      expect(unknown.output).toBeGreaterThanOrEqual(tier.output);
      expect(unknown.cacheWriteHour).toBeGreaterThanOrEqual(tier.cacheWriteHour ?? tier.cacheWrite ?? tier.input);
    }
    expect(unknown.above).toBeUndefined();
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
  it('is never less than what a call costs, whatever kind its input is, however long', () => {
    const part = fc.nat({ max: 400_000 });
    const model = fc.constantFrom(...Object.values(prices), priceOf({ provider: 'openai', model: 'gpt-99' }));
    fc.assert(
      fc.property(model, part, part, part, part, fc.nat({ max: 1_000 }), (known, fresh, read, written, hour, said) => {
        const cacheWriteHourTokens = Math.min(hour, written);
        const usage = { inputTokens: fresh, cacheReadTokens: read, cacheWriteTokens: written, outputTokens: said };
        const ceiling = used({ inputTokens: fresh + read + written, outputTokens: said });
        expect(mostOf(ceiling, known)).toBeGreaterThanOrEqual(costOf({ ...usage, cacheWriteHourTokens }, known));
      }),
    );
  });
});
