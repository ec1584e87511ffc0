import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Billed, ofAnthropic, ofGemini, ofOpenai, ofOpenrouter } from '../support/billing-provider.ts';
import { type CentsStage, fronts, openCentsStage } from '../support/cents-stage.ts';

/** What a provider says it has used, whose model it is, and what the books then hold: fresh input, output, read from the cache, written to it; millionths of a dollar. */
interface Row {
  readonly what: string;
  readonly model: string;
  readonly billed: Billed;
  readonly tokens: readonly [number, number, number, number];
  readonly cost: number;
}

const rows: readonly Row[] = [
  {
    what: 'Anthropic: the cache beside the input, five minutes and an hour',
    model: 'anthropic/claude-sonnet-4-5',
    billed: ofAnthropic({
      input_tokens: 1_000,
      cache_read_input_tokens: 10_000,
      cache_creation_input_tokens: 2_000,
      cache_creation: { ephemeral_5m_input_tokens: 1_500, ephemeral_1h_input_tokens: 500 },
      output_tokens: 300,
      service_tier: 'standard',
    }),
    tokens: [1_000, 300, 10_000, 2_000],
    // 1,000 × 3 + 300 × 15 + 10,000 × 0.30 + 1,500 × 3.75 + 500 × 6 = 3,000 + 4,500 + 3,000 + 5,625 + 3,000
    cost: 19_125,
  },
  {
    what: 'Anthropic: a stream whose end tells the output alone',
    model: 'anthropic/claude-sonnet-4-5-20250929',
    billed: ofAnthropic(
      { input_tokens: 1_000, cache_read_input_tokens: 10_000, cache_creation_input_tokens: 2_000, output_tokens: 300 },
      { isOld: true },
    ),
    tokens: [1_000, 300, 10_000, 2_000],
    // 1,000 × 3 + 300 × 15 + 10,000 × 0.30 + 2,000 × 3.75 = 3,000 + 4,500 + 3,000 + 7,500
    cost: 18_000,
  },
  {
    what: 'Anthropic: thoughts are within the output',
    model: 'anthropic/claude-haiku-4-5',
    billed: ofAnthropic({ input_tokens: 500, output_tokens: 900, output_tokens_details: { thinking_tokens: 600 } }),
    tokens: [500, 900, 0, 0],
    // 500 × 1 + 900 × 5 = 500 + 4,500
    cost: 5_000,
  },
  {
    what: 'Anthropic: a compaction is billed beside the totals',
    model: 'anthropic/claude-opus-4-6',
    billed: ofAnthropic({
      input_tokens: 23_000,
      output_tokens: 1_000,
      iterations: [
        { type: 'compaction', input_tokens: 180_000, output_tokens: 3_500 },
        { type: 'message', input_tokens: 23_000, output_tokens: 1_000 },
      ],
    }),
    tokens: [203_000, 4_500, 0, 0],
    // (23,000 + 180,000) × 5 + (1,000 + 3,500) × 25 = 1,015,000 + 112,500
    cost: 1_127_500,
  },
  {
    what: 'Anthropic: beyond the threshold all of it costs more, what comes from the cache counts towards it',
    model: 'anthropic/claude-haiku-5-5',
    billed: ofAnthropic({ input_tokens: 1, cache_read_input_tokens: 100_000, output_tokens: 10 }),
    tokens: [1, 10, 100_000, 0],
    // 1 × 0.50 + 100,000 × 0.05 + 10 × 2.50 = 0.5 + 5,000 + 25 = 5,025.5, and a part of a millionth is a whole one
    cost: 5_026,
  },
  {
    what: 'OpenAI: the cache within the prompt, the reasoning within the completion',
    model: 'openai/gpt-5',
    billed: ofOpenai({
      prompt_tokens: 12_000,
      completion_tokens: 700,
      total_tokens: 12_700,
      prompt_tokens_details: { cached_tokens: 8_000 },
      completion_tokens_details: { reasoning_tokens: 500 },
    }),
    tokens: [4_000, 700, 8_000, 0],
    // 4,000 × 1.25 + 700 × 10 + 8,000 × 0.125 = 5,000 + 7,000 + 1,000
    cost: 13_000,
  },
  {
    what: 'OpenAI: what is written to the cache, at its price, is within the prompt too',
    model: 'openai/gpt-5.6-terra',
    billed: ofOpenai({
      prompt_tokens: 10_000,
      completion_tokens: 100,
      total_tokens: 10_100,
      prompt_tokens_details: { cached_tokens: 2_000, cache_write_tokens: 3_000 },
    }),
    tokens: [5_000, 100, 2_000, 3_000],
    // 5,000 × 2 + 100 × 12 + 2,000 × 0.20 + 3,000 × 2.50 = 10,000 + 1,200 + 400 + 7,500
    cost: 19_100,
  },
  {
    what: 'OpenAI: written to the cache by a model that charges nothing extra, it is input',
    model: 'openai/gpt-5',
    billed: ofOpenai({
      prompt_tokens: 5_000,
      completion_tokens: 10,
      total_tokens: 5_010,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 4_000 },
    }),
    tokens: [1_000, 10, 0, 4_000],
    // (1,000 + 4,000) × 1.25 + 10 × 10 = 6,250 + 100
    cost: 6_350,
  },
  {
    what: 'OpenAI: parts of millionths add up before they are rounded',
    model: 'openai/gpt-5-nano',
    billed: ofOpenai({ prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }),
    tokens: [7, 3, 0, 0],
    // 7 × 0.05 + 3 × 0.40 = 1.55
    cost: 2,
  },
  {
    what: 'OpenRouter: what it says it has charged, whatever the table says',
    model: 'openrouter/anthropic/claude-sonnet-4.5',
    billed: ofOpenrouter({
      prompt_tokens: 194,
      completion_tokens: 2,
      total_tokens: 196,
      prompt_tokens_details: { cached_tokens: 50, cache_write_tokens: 100 },
      cost: 0.0011,
      is_byok: false,
      cost_details: { upstream_inference_cost: 0.001 },
    }),
    tokens: [44, 2, 50, 100],
    // 0.0011 USD, though 0.0011 × 1,000,000 is a little more than 1,100 to a computer
    cost: 1_100,
  },
  {
    what: 'OpenRouter: with a key of one’s own its fee, and what the provider behind it charges',
    model: 'openrouter/openai/gpt-99',
    billed: ofOpenrouter({
      prompt_tokens: 1_000,
      completion_tokens: 20,
      total_tokens: 1_020,
      cost: 0.00095,
      is_byok: true,
      cost_details: { upstream_inference_cost: 0.019 },
    }),
    tokens: [1_000, 20, 0, 0],
    // 0.00095 + 0.019 USD
    cost: 19_950,
  },
  {
    what: 'OpenRouter: a model that it gives away',
    model: 'openrouter/some/model:free',
    billed: ofOpenrouter({ prompt_tokens: 1_000, completion_tokens: 20, total_tokens: 1_020, cost: 0 }),
    tokens: [1_000, 20, 0, 0],
    cost: 0,
  },
  {
    what: 'OpenRouter: by the table where it says no cost',
    model: 'openrouter/openai/gpt-5',
    billed: ofOpenrouter({ prompt_tokens: 1_000, completion_tokens: 20, total_tokens: 1_020 }),
    tokens: [1_000, 20, 0, 0],
    // 1,000 × 1.25 + 20 × 10
    cost: 1_450,
  },
  {
    what: 'Gemini: thoughts are in the total and not in the completion',
    model: 'gemini/gemini-2.5-pro',
    billed: ofGemini({ prompt_tokens: 1_000, completion_tokens: 200, total_tokens: 1_800 }),
    tokens: [1_000, 800, 0, 0],
    // 1,000 × 1.25 + (1,800 − 1,000) × 10 = 1,250 + 8,000
    cost: 9_250,
  },
  {
    what: 'Gemini: nothing but thoughts, and no completion at all',
    model: 'gemini/gemini-2.5-flash',
    billed: ofGemini({ prompt_tokens: 20, completion_tokens: undefined, total_tokens: 80 }),
    tokens: [20, 60, 0, 0],
    // 20 × 0.30 + 60 × 2.50 = 6 + 150
    cost: 156,
  },
  {
    what: 'Gemini: the cache within the prompt',
    model: 'gemini/gemini-2.5-flash-lite',
    billed: ofGemini({
      prompt_tokens: 5_000,
      completion_tokens: 50,
      total_tokens: 5_050,
      prompt_tokens_details: { cached_tokens: 4_000 },
    }),
    tokens: [1_000, 50, 4_000, 0],
    // 1,000 × 0.10 + 50 × 0.40 + 4,000 × 0.01 = 100 + 20 + 40
    cost: 160,
  },
  {
    what: 'Gemini: a long prompt',
    model: 'gemini/gemini-2.5-pro',
    billed: ofGemini({ prompt_tokens: 250_000, completion_tokens: 100, total_tokens: 250_100 }),
    tokens: [250_000, 100, 0, 0],
    // 250,000 × 2.50 + 100 × 15 = 625,000 + 1,500
    cost: 626_500,
  },
  {
    what: 'Ollama: counted, and free',
    model: 'ollama/llama',
    billed: ofOpenai({ prompt_tokens: 26, completion_tokens: 298, total_tokens: 324 }),
    tokens: [26, 298, 0, 0],
    cost: 0,
  },
  {
    what: 'any other: counted, and free, whatever it says',
    model: 'custom/local',
    billed: ofOpenai({ prompt_tokens: 26, completion_tokens: 298, total_tokens: 324, cost: 5 }),
    tokens: [26, 298, 0, 0],
    cost: 0,
  },
];

const paths: Readonly<Record<string, string>> = {
  anthropic: '/anthropic/v1/messages',
  openai: '/openai/v1/chat/completions',
  openrouter: '/openrouter/v1/chat/completions',
  gemini: '/gemini/v1/chat/completions',
  ollama: '/ollama/v1/chat/completions',
  custom: '/custom/v1/chat/completions',
};
const cases = rows.flatMap((row) =>
  fronts.flatMap((front) => [false, true].map((stream) => ({ ...row, front, stream }))),
);

let stage: CentsStage;
beforeAll(async () => {
  stage = await openCentsStage();
});
afterAll(() => stage?.close());

describe('what a provider says it has used is what the books hold, and what it costs', () => {
  it.each(cases)(
    '$what ($model at $front, stream: $stream)',
    async ({ model, billed, front, stream, tokens, cost }) => {
      stage.provider.next(billed);
      const made = await stage.booked(1, async () => {
        const { status, text } = await stage.ask(model, { front, stream });
        expect([status, text.includes('twelve words')]).toEqual([200, true]);
        if (front === '/llm/v1/chat/completions' && stream) expect(text).not.toContain('"usage"');
      });
      expect(made).toEqual([{ model, status: 'ok', tokens, cost, attempts: 1, error: null }]);
      const asked = stage.provider.asked.at(-1);
      expect(asked?.path).toBe(paths[model.slice(0, model.indexOf('/'))]);
      const isOpenais = !model.startsWith('anthropic/');
      expect(asked?.body['stream_options']).toEqual(stream && isOpenais ? { include_usage: true } : undefined);
    },
  );
});
