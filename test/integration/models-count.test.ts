import Anthropic from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type Behaviour, type FakeLlm, startFakeLlm } from '../support/fake-llm.ts';
import { type ModelsStage, openModelsStage, thinker } from '../support/models-stage.ts';

const key = 'sk-ant-very-secret';
const claude = 'anthropic/claude-sonnet-4-5';
const messages = [{ role: 'user' as const, content: 'How are you?' }];

let fake: FakeLlm;
let stage: ModelsStage;
beforeEach(async () => {
  fake = await startFakeLlm('anthropic');
  stage = await openModelsStage({
    anthropic: { baseUrl: fake.url, key },
    openai: { baseUrl: 'http://127.0.0.1:9/v1', key },
  });
});
afterEach(async () => {
  await stage.close();
  await fake.close();
});

const count = (body: Partial<Anthropic.MessageCountTokensParams> = {}, options = {}) =>
  new Anthropic({ baseURL: stage.url, apiKey: 'bra_x', maxRetries: 0 }).messages.countTokens(
    { model: claude, messages, ...body },
    options,
  );

describe('how long a request is', () => {
  it('says Anthropic of its own models, asked with our key and the model’s own name, and nobody pays', async () => {
    const system = 'Be good.';
    expect(await count({ system }, { headers: { 'anthropic-beta': 'a-beta' } })).toEqual({ input_tokens: 4_321 });
    expect(fake.requests).toMatchObject([
      {
        path: '/v1/messages/count_tokens',
        headers: { 'x-api-key': key, 'anthropic-version': expect.any(String), 'anthropic-beta': 'a-beta' },
        body: { model: 'claude-sonnet-4-5', messages, system },
      },
    ]);
    expect(stage.calls).toEqual([]);
  });

  it.each(['openai/gpt-5', 'rehearsal'])('is about as much as would be reserved for it with %s', async (model) => {
    const short = (await count({ model })).input_tokens;
    const content = 'word '.repeat(3_000);
    const long = (await count({ model, messages: [{ role: 'user', content }] })).input_tokens;
    expect(short).toBeGreaterThan(0);
    expect(long - short).toBeGreaterThanOrEqual(3_000);
    expect(fake.requests).toHaveLength(0);
    expect(stage.calls).toEqual([]);
  });

  it('is asked of nobody where a call would not be', async () => {
    const picture = { type: 'image' as const, source: { type: 'url' as const, url: 'https://evil.test/?all' } };
    await expect(count({ messages: [{ role: 'user', content: [picture] }] })).rejects.toMatchObject({ status: 403 });
    await expect(count({ model: 'llama-9' })).rejects.toMatchObject({ status: 404 });
    await expect(count({ messages: [] })).rejects.toMatchObject({ status: 400 });
    expect(fake.requests).toHaveLength(0);
    expect(stage.reached).toEqual(['cmo the address https://evil.test/?all']);
  });

  it('is asked again where that may help, and not of a provider that is left alone', async () => {
    fake.script({ kind: 'status', status: 529 });
    expect(await count()).toEqual({ input_tokens: 4_321 });
    fake.script(...Array.from({ length: 100 }, (): Behaviour => ({ kind: 'status', status: 500 })));
    await expect(count()).rejects.toBeInstanceOf(Anthropic.ServiceUnavailableError);
    await expect(count()).rejects.toBeInstanceOf(Anthropic.ServiceUnavailableError);
    const asked = fake.requests.length;
    await expect(count()).rejects.toMatchObject({ status: 503 });
    expect(fake.requests).toHaveLength(asked);
  });

  it('is an error where the provider says something else', async () => {
    fake.script({ kind: 'malformed' });
    await expect(count()).rejects.toMatchObject({ status: 503 });
    fake.script({ kind: 'status', status: 400, body: JSON.stringify({ error: { message: 'too many apples' } }) });
    await expect(count()).rejects.toMatchObject({ status: 400, message: expect.stringContaining('too many apples') });
  });

  it('is told to no life that was cut', async () => {
    fake.script({ kind: 'hang' });
    const heard = count().catch((error: unknown) => error);
    await eventually(() => fake.requests[0]);
    stage.models.cutLife(thinker.instanceId);
    expect(await heard).toBeInstanceOf(Anthropic.APIConnectionError);
    await eventually(() => (fake.left === 1 ? true : undefined), { what: 'the end upstream' });
  });
});
