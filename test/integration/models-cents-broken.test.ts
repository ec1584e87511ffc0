import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ofAnthropic, ofGemini, ofOpenai, ofOpenrouter, type Reply } from '../support/billing-provider.ts';
import { type CentsStage, fronts, messages, openCentsStage } from '../support/cents-stage.ts';

let stage: CentsStage;
beforeAll(async () => {
  stage = await openCentsStage();
});
afterAll(() => stage?.close());

const [front] = fronts;
const opus = 'anthropic/claude-opus-5';
const nothing = [null, null, null, null];

const anthropics = ofAnthropic({
  input_tokens: 1_000,
  cache_read_input_tokens: 10_000,
  cache_creation_input_tokens: 2_000,
  output_tokens: 300,
});
const openais = ofOpenai({ prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 });
const geminis = ofGemini({ prompt_tokens: 1_000, completion_tokens: 200, total_tokens: 1_800 });
const said = 'twelve words'.length;

describe('a stream that is cut in the middle', () => {
  /** As much as our own request is long, at three bytes a token: nobody has said how long it was. */
  const guessed = (model: string, more = {}) =>
    Math.ceil(JSON.stringify({ model, messages, max_tokens: 100, stream: true, ...more }).length / 3);

  it.each([
    {
      what: 'Anthropic has told the input, the output is counted by its length',
      model: opus,
      reply: { billed: anthropics, cutAfter: 3 },
      tokens: [1_000, Math.ceil(said / 3), 10_000, 2_000],
      // 1,000 × 5 + 4 × 25 + 10,000 × 0.50 + 2,000 × 6.25 = 5,000 + 100 + 5,000 + 12,500
      cost: 22_600,
    },
    {
      what: 'Gemini has told what it was so far',
      model: 'gemini/gemini-2.5-pro',
      reply: { billed: geminis, cutAfter: 2 },
      tokens: [1_000, 5, 0, 0],
      // 1,000 × 1.25 + 5 × 10
      cost: 1_300,
    },
    {
      what: 'Ollama has told nothing: all that was asked and all that was said are guessed, rather too much',
      model: 'ollama/llama',
      reply: { billed: openais, cutAfter: 1 },
      tokens: [guessed('ollama/llama'), expect.any(Number), 0, 0],
      cost: 0,
    },
  ])('costs what is known of it: $what', async ({ model, reply, tokens, cost }) => {
    stage.provider.next(reply);
    const made = await stage.booked(1, async () => {
      const { text } = await stage.ask(model, { front, stream: true });
      expect(text).toContain('"error"');
      expect(text).not.toContain('[DONE]');
    });
    expect(made).toEqual([{ model, status: 'failed', tokens, cost, attempts: 1, error: 'cut' }]);
  });
});

describe('a call that is tried more than once', () => {
  const failures: [string, readonly Reply[], number][] = [
    ['500, then 429 with a wait', [{ status: 500 }, { status: 429, headers: { 'Retry-After': '0' } }], 3],
    ['a stream that is cut before its first word', [{ billed: anthropics, cutAfter: 0 }], 2],
  ];
  it.each(failures)('costs what the one costs that was answered: %s', async (_what, replies, attempts) => {
    stage.provider.next(...replies, anthropics);
    const made = await stage.booked(1, () => stage.ask(opus, { front, stream: true }));
    // 1,000 × 5 + 300 × 25 + 10,000 × 0.50 + 2,000 × 6.25 = 5,000 + 7,500 + 5,000 + 12,500
    const tokens = [1_000, 300, 10_000, 2_000];
    expect(made).toEqual([{ model: opus, status: 'ok', tokens, cost: 30_000, attempts, error: null }]);
  });

  it('costs what the next provider takes, where the first never answers', async () => {
    await stage.set('llm', 'routes', { default: ['openrouter/x/y'], both: ['openai/gpt-5', 'gemini/gemini-2.5-pro'] });
    await stage.set('llm', 'enable_fallback', true);
    const failed = { model: 'openai/gpt-5', status: 'failed', tokens: nothing, cost: 0 };
    // 1,000 × 1.25 + 800 × 10
    const answered = { model: 'gemini/gemini-2.5-pro', status: 'ok', tokens: [1_000, 800, 0, 0], cost: 9_250 };
    const once = { attempts: 1, error: null };
    stage.provider.next({ status: 500 }, { status: 500 }, { status: 500 }, geminis);
    expect(await stage.booked(2, () => stage.ask('both', { front, stream: false }))).toEqual([
      { ...failed, attempts: 3, error: 'status_500' },
      { ...answered, ...once },
    ]);
    stage.provider.next({ text: '{"id": ' }, geminis);
    expect(await stage.booked(2, () => stage.ask('both', { front, stream: false }))).toEqual([
      { ...failed, attempts: 1, error: 'malformed' },
      { ...answered, ...once },
    ]);
  });
});

it('an operator’s own price goes before what OpenRouter says it has charged, and is told of the cache too', async () => {
  const model = 'openrouter/some/model';
  await stage.set('llm', 'prices', { [model]: { input: 1, output: 2 } });
  const details = { prompt_tokens_details: { cached_tokens: 600 } };
  stage.provider.next(
    ofOpenrouter({ prompt_tokens: 1_000, completion_tokens: 20, total_tokens: 1_020, cost: 0, ...details }),
  );
  const made = await stage.booked(1, () => stage.ask(model, { front, stream: true }));
  // 400 × 1 + 20 × 2 + 600 × 1, for what comes from the cache is input where no other price is set.
  expect(made).toMatchObject([{ tokens: [400, 20, 600, 0], cost: 1_040 }]);
});

it.each([
  ['openai/gpt-5', openais, { prompt_tokens: 100, completion_tokens: 20 }],
  ['gemini/gemini-2.5-pro', geminis, { prompt_tokens: 1_000, completion_tokens: 200 }],
  [opus, anthropics, { prompt_tokens: 13_000, completion_tokens: 300 }],
])('a client that asks for the usage of a stream gets it: %s', async (model, billed, told) => {
  stage.provider.next(billed);
  let text = '';
  await stage.booked(1, async () => {
    ({ text } = await stage.ask(model, { front, stream: true, stream_options: { include_usage: true } }));
  });
  const chunks = [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json = '']) => JSON.parse(json));
  expect(chunks.findLast(({ usage }) => usage)?.usage).toMatchObject(told);
});

it.each(fronts)('the rehearsal is counted, costs nothing, and is booked as it told its client (%s)', async (path) => {
  let told: Record<string, number> = {};
  const made = await stage.booked(1, async () => {
    told = JSON.parse((await stage.ask('rehearsal', { front: path, stream: false })).text).usage;
  });
  const {
    prompt_tokens: prompt,
    completion_tokens: completion,
    input_tokens = prompt,
    output_tokens = completion,
  } = told;
  expect(made).toMatchObject([{ model: 'rehearsal/rehearsal', status: 'ok', cost: 0, attempts: 1 }]);
  expect(made[0]?.tokens).toEqual([input_tokens, output_tokens, 0, 0]);
  expect(input_tokens).toBeGreaterThan(0);
});
