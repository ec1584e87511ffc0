import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/orchestrator/models/providers.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeLlm, startFakeLlm } from '../support/fake-llm.ts';
import { type ModelsStage, openModelsStage, thinker } from '../support/models-stage.ts';

const key = 'sk-very-secret';
const names: Record<Dialect, string> = { openai: 'openai/gpt-5', anthropic: 'anthropic/claude-sonnet-4-5' };
const dialects = ['openai', 'anthropic'] as const;
const paths: Record<Dialect, string> = { openai: '/v1/chat/completions', anthropic: '/v1/messages' };
const messages = [{ role: 'user', content: 'How are you?' }];

let fakes: Record<Dialect, FakeLlm>;
let stage: ModelsStage;
beforeEach(async () => {
  fakes = { openai: await startFakeLlm('openai'), anthropic: await startFakeLlm('anthropic') };
  stage = await openModelsStage({
    openai: { baseUrl: fakes.openai.url, key },
    anthropic: { baseUrl: fakes.anthropic.url, key },
  });
});
afterEach(async () => {
  await stage.close();
  await Promise.all(dialects.map((dialect) => fakes[dialect].close()));
});

async function post(client: Dialect, body: object, signal?: AbortSignal) {
  const answer = await fetch(`${stage.url}${paths[client]}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ messages, max_tokens: 100, ...body }),
    ...(signal && { signal }),
  });
  return { status: answer.status, text: await answer.text() };
}

const roads = dialects.flatMap((client) => dialects.map((provider) => ({ client, provider })));
const ends = /\[DONE\]|message_stop|finish_reason":"|stop_reason":"/;

describe('a stream that its provider does not end', () => {
  it.each(roads)('is never passed off as whole ($provider to $client)', async ({ client, provider }) => {
    // The connection ends in order, the answer does not.
    fakes[provider].script({ kind: 'ends', after: 5 });
    const { text } = await post(client, { model: names[provider], stream: true });
    expect(text).toContain('Hello');
    expect(text).toContain('"error"');
    expect(text).not.toMatch(ends);
    await eventually(() => stage.calls[0]);
    expect(stage.calls).toMatchObject([{ status: 'failed', errorCode: 'cut', attempts: 1 }]);
    expect(stage.calls[0]?.costMicroUsd).toBeGreaterThan(0);
  });

  it.each(roads)('but breaks off with an error is recorded so ($provider to $client)', async ({ client, provider }) => {
    fakes[provider].script({ kind: 'error_event', after: 5, message: `bad key ${key}` });
    const { text } = await post(client, { model: names[provider], stream: true });
    expect(text).toContain('Hello');
    expect(text).toContain('"error"');
    expect(text).not.toMatch(ends);
    expect(text).not.toContain(key);
    await eventually(() => stage.calls[0]);
    expect(stage.calls).toMatchObject([{ status: 'failed', errorCode: 'error_event' }]);
  });
});

describe('a call that waits for another attempt', () => {
  beforeEach(async () => {
    await stage.close();
    stage = await openModelsStage({ openai: { baseUrl: fakes.openai.url, key } }, { retryMs: 60_000 });
    fakes.openai.script({ kind: 'status', status: 503 });
  });
  const waiting = () => eventually(() => (stage.waits > 0 ? true : undefined), { what: 'the wait' });
  const settled = () => eventually(() => stage.calls[0], { what: 'the settlement', withinMs: 3_000 });
  const unpaid = [{ status: 'aborted', attempts: 1, costMicroUsd: 0, usage: undefined }];

  it('ends at once with the life that asked, and nobody pays for what nobody works on', async () => {
    const heard = post('openai', { model: names.openai }).catch((error: unknown) => error);
    await waiting();
    stage.models.cutLife(thinker.instanceId);
    await settled();
    expect(await heard).toBeInstanceOf(Error);
    expect(stage.calls).toMatchObject(unpaid);
    expect(fakes.openai.requests).toHaveLength(1);
  });

  it('ends at once with the client that leaves', async () => {
    const leaving = new AbortController();
    const heard = post('openai', { model: names.openai }, leaving.signal).catch((error: unknown) => error);
    await waiting();
    leaving.abort();
    await settled();
    expect(await heard).toBeInstanceOf(Error);
    expect(stage.calls).toMatchObject(unpaid);
  });
});

describe('the room that is reserved', () => {
  // An agent that wants to spend more than its budget would say that it asks for little.
  it.each<[string, Dialect, object]>([
    ['less than nothing', 'openai', { max_tokens: -1_000_000 }],
    ['less than nothing, by the newer name', 'openai', { max_completion_tokens: -1_000_000 }],
    ['more than can be counted', 'openai', { max_tokens: 1e300 }],
    ['parts of a token', 'openai', { max_tokens: 0.5 }],
    ['no answer', 'openai', { n: 0 }],
    ['more than can be counted', 'anthropic', { max_tokens: 1e300 }],
  ])('is not for %s (%s)', async (_what, client, body) => {
    const { status } = await post(client, { model: names[client], ...body });
    expect(status).toBe(400);
    expect(fakes[client].requests).toHaveLength(0);
    expect(stage.calls).toHaveLength(0);
  });

  it('is for each of several answers', async () => {
    await post('openai', { model: names.openai });
    await post('openai', { model: names.openai, n: 100 });
    const [one, hundred] = await eventually(() => (stage.calls.length === 2 ? stage.calls : undefined));
    const extra = (hundred?.ceilingTokens ?? 0) - (one?.ceilingTokens ?? 0);
    expect(extra).toBeGreaterThanOrEqual(99 * 100);
  });
});

describe('a provider', () => {
  const picture = (url: string) => ({
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
  });
  const search = { tools: [{ type: 'web_search_20250305', name: 'web_search' }] };
  const secret = 'https://evil.test/?all-that-i-know';

  it.each<[string, Dialect, object, string]>([
    ['search', 'anthropic', search, 'cmo tool web_search_20250305'],
    ['fetch what is not on the whitelist', 'openai', picture(secret), `cmo the address ${secret}`],
  ])('is not to %s for an agent, and the attempt is noted', async (_what, client, body, noted) => {
    const { status, text } = await post(client, { model: names[client], ...body });
    expect(status).toBe(403);
    expect(JSON.parse(text)).toMatchObject({ code: 'not_allowed', error: { code: 'not_allowed' } });
    expect(stage.reached).toEqual([noted]);
    expect(fakes[client].requests).toHaveLength(0);
  });

  it('may where an operator says so', async () => {
    stage.settings.set('llm.provider_tools', true);
    expect((await post('anthropic', { model: names.anthropic, ...search })).status).toBe(200);
    expect((await post('openai', { model: names.openai, ...picture(secret) })).status).toBe(200);
    expect(stage.reached).toEqual([]);
  });

  it('may fetch what the agent could', async () => {
    const { status } = await post('openai', { model: names.openai, ...picture('https://listed.test/a.png') });
    expect(status).toBe(200);
  });

  it('is never asked at another price than the model’s', async () => {
    stage.settings.set('llm.provider_tools', true);
    const { status } = await post('openai', { model: names.openai, service_tier: 'priority' });
    expect(status).toBe(403);
  });
});

describe('what one dialect asks for and the other cannot say', () => {
  it.each<[Dialect, Dialect, object, string]>([
    ['openai', 'anthropic', { response_format: { type: 'json_object' } }, 'response_format'],
    ['openai', 'anthropic', { logprobs: true }, 'logprobs'],
    ['anthropic', 'openai', { inference_geo: 'global' }, 'inference_geo'],
  ])('is refused by its name, before anything is reserved (%s to %s, %o)', async (client, provider, body, field) => {
    const { status, text } = await post(client, { model: names[provider], ...body });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({
      code: 'invalid_request',
      error: { message: expect.stringContaining(field) },
    });
    expect(fakes[provider].requests).toHaveLength(0);
    expect(stage.calls).toHaveLength(0);
    expect((await post(client, { model: names[client], ...body })).status).toBe(200);
  });

  it('is refused by the rehearsal as well, and no fault of ours', async () => {
    const source = { type: 'base64', media_type: 'application/pdf', data: 'AA' };
    const content = [{ type: 'document', source }];
    const { status, text } = await post('anthropic', { model: 'rehearsal', messages: [{ role: 'user', content }] });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ code: 'invalid_request' });
  });

  it('goes to the next of the route that can, where falling back is allowed', async () => {
    stage.settings.set('llm.routing_strategy', 'agent-role');
    stage.settings.set('llm.enable_fallback', true);
    stage.settings.set('llm.routes', { default: [names.anthropic, names.openai] });
    expect((await post('openai', { model: 'default', logprobs: true })).status).toBe(200);
    expect(fakes.anthropic.requests).toHaveLength(0);
    expect(fakes.openai.requests).toMatchObject([{ body: { logprobs: true } }]);
  });

  it('and a schema for the answer arrives in the other’s words', async () => {
    const schema = { type: 'object', properties: {}, additionalProperties: false };
    const json_schema = { name: 'answer', schema, strict: true };
    const chat = { response_format: { type: 'json_schema', json_schema } };
    const message = { output_config: { format: { type: 'json_schema', schema } } };
    await post('openai', { model: names.anthropic, ...chat });
    await post('anthropic', { model: names.openai, ...message });
    expect(fakes.anthropic.requests).toMatchObject([{ body: message }]);
    expect(fakes.openai.requests).toMatchObject([{ body: chat }]);
  });

  it('the length of an answer has the name that OpenAI’s newer models insist on', async () => {
    await post('anthropic', { model: names.openai });
    expect(fakes.openai.requests).toMatchObject([{ body: { max_completion_tokens: 100 } }]);
    expect(fakes.openai.requests[0]?.body).not.toHaveProperty('max_tokens');
  });
});
