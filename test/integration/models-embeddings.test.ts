import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/contracts/errors.ts';
import { type EmbeddingProvider, embed, startEmbeddingProvider } from '../support/embedding-provider.ts';
import { eventually } from '../support/eventually.ts';
import { type ModelsStage, openModelsStage, thinker } from '../support/models-stage.ts';

const key = 'sk-very-secret';
const model = 'openai/words-64';

let provider: EmbeddingProvider;
let stage: ModelsStage;
beforeEach(async () => {
  provider = await startEmbeddingProvider();
  stage = await openModelsStage({
    openai: { baseUrl: provider.url, key },
    anthropic: { baseUrl: 'http://127.0.0.1:9', key },
    ollama: { baseUrl: provider.url.replace('/v1', ''), key: undefined },
  });
});
afterEach(async () => {
  await stage.close();
  await provider.close();
});

const create = (asked: Partial<OpenAI.EmbeddingCreateParams> = {}, options = {}) =>
  new OpenAI({ baseURL: `${stage.url}/v1`, apiKey: 'bra_x', maxRetries: 0 }).embeddings.create(
    { model, input: 'A harbour', encoding_format: 'float', ...asked },
    options,
  );
const settled = (count = 1) => eventually(() => (stage.calls.length >= count ? stage.calls : undefined));

describe('an agent’s texts as vectors', () => {
  it('come as OpenAI’s client expects them, from the model that was named', async () => {
    const { data } = await create({ input: ['A harbour', 'A lease'] });
    const byIndex = [...data].sort((a, b) => a.index - b.index).map(({ embedding }) => embedding);
    expect(byIndex).toEqual([embed('A harbour', 64), embed('A lease', 64)]);
    expect(provider.requests).toMatchObject([{ path: '/v1/embeddings', model: 'words-64' }]);
  });

  it('are on the agent’s account, as input at the model’s price', async () => {
    stage.settings.set('llm.prices', { [model]: { input: 1_000, output: 0 } });
    await create({ input: 'x'.repeat(400) });
    expect(await settled()).toMatchObject([
      { caller: { actor: thinker.actor }, status: 'ok', usage: { inputTokens: 100 }, costMicroUsd: 100_000 },
    ]);
    const [call] = stage.calls;
    expect(call?.ceilingMicroUsd).toBeGreaterThanOrEqual(100_000);
  });

  it.each<[string, OpenAI.EmbeddingCreateParams['input'], number]>([
    ['a text', 'word '.repeat(900), 1_500],
    ['tokens', Array.from({ length: 1_000 }, () => 1), 1_000],
    ['lists of tokens', [[1, 2, 3], Array.from({ length: 2_000 }, () => 7)], 2_003],
  ])('are reserved for by what they may use at most: %s', async (_what, input, tokens) => {
    await create({ input });
    const [call] = await settled();
    expect(call?.ceilingTokens).toBeGreaterThanOrEqual(tokens);
    expect(call?.ceilingTokens).toBeLessThan(tokens + 100);
  });

  it('are made by the model of the setting where the choice is left to us', async () => {
    await expect(create({ model: 'default' })).rejects.toMatchObject({ status: 404 });
    stage.settings.set('knowledge.embedding_model', 'ollama/words-32');
    expect((await create({ model: 'default' })).data[0]?.embedding).toHaveLength(32);
    expect(provider.requests.at(-1)).toMatchObject({ path: '/v1/embeddings', model: 'words-32' });
  });

  it.each([
    ['a model nobody knows', { model: 'words' }, 404],
    ['a provider without embeddings', { model: 'anthropic/claude-haiku-4-5' }, 503],
    ['a provider that is not set up', { model: 'gemini/gemini-embedding-001' }, 503],
    ['the rehearsal', { model: 'rehearsal/rehearsal' }, 503],
    ['no text', { input: '' }, 400],
    ['no texts', { input: [] }, 400],
    ['more texts than anybody takes', { input: Array.from({ length: 2_049 }, () => 'x') }, 400],
    ['a price that no budget knows of', { service_tier: 'priority' }, 403],
  ])('are refused for %s, before anybody is asked or charged', async (_what, asked, status) => {
    await expect(create(asked as Partial<OpenAI.EmbeddingCreateParams>)).rejects.toMatchObject({ status });
    expect(provider.requests).toEqual([]);
    expect(stage.calls).toEqual([]);
  });

  it('are tried again when the provider stumbles, and never asked of another model', async () => {
    stage.settings.set('llm.enable_fallback', true);
    provider.script({ kind: 'status', status: 500 }, { kind: 'status', status: 429, retryAfter: '0' });
    expect((await create()).data).toHaveLength(1);
    expect(await settled()).toMatchObject([{ status: 'ok', attempts: 3 }]);
    provider.script({ kind: 'status', status: 404 });
    await expect(create()).rejects.toMatchObject({ status: 503 });
    expect(new Set(provider.requests.map((each) => each.model))).toEqual(new Set(['words-64']));
  });

  it('are no answer where the provider gives none, and nobody pays', async () => {
    provider.script({ kind: 'text', text: '{"error":{"message":"sk-very-secret"}}' });
    const error = await create().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 503 });
    expect(String(error)).not.toContain(key);
    expect(await settled()).toMatchObject([{ status: 'failed', errorCode: 'malformed', costMicroUsd: 0 }]);
  });

  it('are paid for where the agent leaves before they come', async () => {
    provider.script({ kind: 'hang' });
    const left = new AbortController();
    const asking = create({ input: 'x'.repeat(300) }, { signal: left.signal });
    await eventually(() => provider.requests.length > 0 || undefined);
    left.abort();
    await expect(asking).rejects.toThrow();
    expect(await settled()).toMatchObject([{ status: 'aborted', usage: { inputTokens: expect.any(Number) } }]);
  });

  it('are refused where the budget leaves no room', async () => {
    await stage.close();
    const accounts = { reserve: () => Promise.reject(new AppError('budget_exhausted', 'The budget is spent')) };
    stage = await openModelsStage({ openai: { baseUrl: provider.url, key } }, { accounts });
    await expect(create()).rejects.toMatchObject({ status: 402 });
    expect(provider.requests).toEqual([]);
  });
});
