import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/orchestrator/models/providers.ts';
import { eventually } from '../support/eventually.ts';
import { type Behaviour, type FakeLlm, startFakeLlm } from '../support/fake-llm.ts';
import { type ModelsStage, openModelsStage, thinker } from '../support/models-stage.ts';

/** As a provider's key would look; nothing but the provider may ever see it. */
const keys = { openai: 'sk-openai-very-secret', anthropic: 'sk-ant-very-secret' };
const names: Record<Dialect, string> = { openai: 'openai/gpt-5', anthropic: 'anthropic/claude-sonnet-4-5' };
const dialects = ['openai', 'anthropic'] as const;

let fakes: Record<Dialect, FakeLlm>;
let stage: ModelsStage;
beforeEach(async () => {
  fakes = { openai: await startFakeLlm('openai'), anthropic: await startFakeLlm('anthropic') };
  stage = await open();
});
afterEach(async () => {
  await stage.close();
  await Promise.all(dialects.map((dialect) => fakes[dialect].close()));
});

const open = (times: Parameters<typeof openModelsStage>[1] = {}) =>
  openModelsStage(
    {
      openai: { baseUrl: fakes.openai.url, key: keys.openai },
      anthropic: { baseUrl: fakes.anthropic.url, key: keys.anthropic },
    },
    times,
  );

const openai = () => new OpenAI({ baseURL: `${stage.url}/v1`, apiKey: 'bra_x', maxRetries: 0 });
const anthropic = () => new Anthropic({ baseURL: stage.url, apiKey: 'bra_x', maxRetries: 0 });
const messages = [{ role: 'user' as const, content: 'How are you?' }];

interface Heard {
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
  readonly input: number;
  readonly output: number;
}

/** What the dialect's own client makes of the answer. */
const clients = {
  async openai(model: string, isStream: boolean): Promise<Heard> {
    const tools = [{ type: 'function' as const, function: { name: 'look', parameters: { type: 'object' } } }];
    const request = { model, messages, tools, max_tokens: 100 };
    const completion = isStream
      ? await openai()
          .chat.completions.stream({ ...request, stream: true, stream_options: { include_usage: true } })
          .finalChatCompletion()
      : await openai().chat.completions.create(request);
    const [choice] = completion.choices;
    const calls = (choice?.message.tool_calls ?? []).map((call) =>
      call.type === 'function'
        ? { name: call.function.name, input: JSON.parse(call.function.arguments) }
        : { name: '', input: '' },
    );
    const { prompt_tokens: input = 0, completion_tokens: output = 0 } = completion.usage ?? {};
    return { text: choice?.message.content ?? '', calls, input, output };
  },
  async anthropic(model: string, isStream: boolean): Promise<Heard> {
    const tools = [{ name: 'look', input_schema: { type: 'object' as const } }];
    const request = { model, messages, tools, max_tokens: 100 };
    const message = isStream
      ? await anthropic().messages.stream(request).finalMessage()
      : await anthropic().messages.create(request);
    const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
    const calls = message.content.flatMap((block) =>
      block.type === 'tool_use' ? [{ name: block.name, input: block.input }] : [],
    );
    return { text, calls, input: message.usage.input_tokens, output: message.usage.output_tokens };
  },
};

const roads = dialects.flatMap((client) =>
  dialects.flatMap((provider) => [false, true].map((isStream) => ({ client, provider, isStream }))),
);

describe('the providers’ own clients, unchanged', () => {
  it.each(roads)('$client asks a model of $provider, stream: $isStream', async ({ client, provider, isStream }) => {
    const calls = [
      { name: 'look', input: { where: 'in the "drawer", über all', deep: [1, { a: null }] } },
      { name: 'look', input: {} },
    ];
    fakes[provider].script({ kind: 'answer', text: 'I look there.', calls, spent: { input: 1_000, output: 200 } });
    const heard = await clients[client](names[provider], isStream);
    expect(heard).toEqual({ text: 'I look there.', calls, input: 1_000, output: 200 });
    const [request] = fakes[provider].requests;
    expect(request?.body).toMatchObject({ model: names[provider].split('/')[1] });
    expect(request?.headers).toMatchObject(
      provider === 'openai'
        ? { authorization: `Bearer ${keys.openai}` }
        : { 'x-api-key': keys.anthropic, 'anthropic-version': expect.any(String) },
    );
    // 1,000 × 1.25 + 200 × 10, and 1,000 × 3 + 200 × 15, in millionths of a dollar.
    const costMicroUsd = provider === 'openai' ? 3_250 : 6_000;
    await eventually(() => stage.calls[0]);
    expect(stage.calls).toMatchObject([
      {
        caller: thinker,
        provider,
        status: 'ok',
        attempts: 1,
        costMicroUsd,
        usage: { inputTokens: 1_000, outputTokens: 200 },
      },
    ]);
  });

  it.each(roads)(
    '$client sees a refusal of $provider as one of its own errors, stream: $isStream',
    async ({ client, provider, isStream }) => {
      fakes[provider].script({
        kind: 'status',
        status: 400,
        body: JSON.stringify({ error: { message: 'too many apples' } }),
      });
      const error = await clients[client](names[provider], isStream).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(client === 'openai' ? OpenAI.APIError : Anthropic.APIError);
      expect(error).toMatchObject({ status: 400 });
      expect(String((error as Error).message)).toContain('too many apples');
      expect(fakes[provider].requests).toHaveLength(1);
    },
  );

  it('list the models there are', async () => {
    const ids = (await openai().models.list()).data.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['default', 'rehearsal', names.openai, names.anthropic]));
    expect(ids.some((id) => id.startsWith('gemini/'))).toBe(false);
  });

  it.each(dialects)('%s rehearses without a provider', async (client) => {
    await stage.close();
    stage = await openModelsStage({});
    for (const isStream of [false, true])
      expect((await clients[client]('default', isStream)).text).toContain('set of rules');
    expect(stage.calls).toMatchObject([{ provider: 'rehearsal', costMicroUsd: 0, status: 'ok' }, {}]);
  });
});

const create = (model = names.openai) => clients.openai(model, false);
const recover: [string, Behaviour, number][] = [
  ['408', { kind: 'status', status: 408 }, 2],
  ['429', { kind: 'status', status: 429 }, 2],
  ['500', { kind: 'status', status: 500 }, 2],
  ['529', { kind: 'status', status: 529 }, 2],
  ['a silence', { kind: 'hang' }, 2],
  ['a break before the first byte', { kind: 'cut', after: 0 }, 2],
];

describe('what may pass by itself', () => {
  it.each(recover)('%s is tried again, unseen by the client', async (_what, behaviour, attempts) => {
    await stage.close();
    stage = await open({ firstByteMs: 300 });
    fakes.openai.script(behaviour);
    expect((await create()).text).toContain('all is well');
    await eventually(() => stage.calls[0]);
    expect(stage.calls).toMatchObject([{ status: 'ok', attempts }]);
  });

  it('an error as the first event of a stream is tried again', async () => {
    fakes.anthropic.script({ kind: 'error_event' });
    expect((await clients.anthropic(names.anthropic, true)).text).toContain('all is well');
    expect(stage.calls).toMatchObject([{ attempts: 2 }]);
  });

  it('a provider’s Retry-After is waited for', async () => {
    fakes.openai.script({ kind: 'status', status: 429, retryAfter: '1' });
    const began = performance.now();
    await create();
    expect(performance.now() - began).toBeGreaterThanOrEqual(950);
  });

  it('three times in all, and then the client is told when to come back', async () => {
    fakes.openai.script(
      ...Array.from({ length: 3 }, (): Behaviour => ({ kind: 'status', status: 503, retryAfter: '0' })),
    );
    await expect(create()).rejects.toMatchObject({ status: 503, error: { code: 'model_unavailable' } });
    expect(fakes.openai.requests).toHaveLength(3);
    await eventually(() => stage.calls[0]);
    expect(stage.calls).toMatchObject([{ status: 'failed', attempts: 3, errorCode: 'status_503', costMicroUsd: 0 }]);
  });

  it.each([400, 409, 413, 422])('%i never is', async (status) => {
    fakes.openai.script({ kind: 'status', status });
    await expect(create()).rejects.toMatchObject({ status: 400, error: { code: 'model_refused' } });
    expect(fakes.openai.requests).toHaveLength(1);
  });

  it('an answer that is no JSON is an error, not a crash', async () => {
    fakes.openai.script({ kind: 'malformed' });
    await expect(create()).rejects.toMatchObject({ status: 503 });
    fakes.openai.script({ kind: 'malformed' });
    await expect(clients.openai(names.openai, true)).rejects.toMatchObject({ status: 503 });
  });
});

describe('a provider that fails again and again', () => {
  const broken = (count: number) => Array.from({ length: count }, (): Behaviour => ({ kind: 'status', status: 500 }));

  it('is left alone for a while', async () => {
    fakes.openai.script(...broken(100));
    await expect(create()).rejects.toMatchObject({ status: 503 });
    await expect(create()).rejects.toMatchObject({ status: 503 });
    const asked = fakes.openai.requests.length;
    await expect(create()).rejects.toMatchObject({ status: 503 });
    expect(fakes.openai.requests).toHaveLength(asked);
    expect(asked).toBe(5);
    expect((await clients.openai(names.anthropic, false)).text).toContain('all is well');
  });

  it('is asked again after it, and trusted when it answers', async () => {
    await stage.close();
    stage = await open({ restMs: 50 });
    fakes.openai.script(...broken(5));
    await expect(create()).rejects.toMatchObject({ status: 503 });
    await expect(create()).rejects.toMatchObject({ status: 503 });
    const back = async () => (await create().catch(() => undefined))?.text;
    expect(await eventually(back, { what: 'an answer' })).toContain('all is well');
  });

  const abandonedTrial = async () => {
    await stage.close();
    stage = await open({ restMs: 300 });
    fakes.openai.script(...broken(5), { kind: 'hang' });
    await create().catch(() => undefined);
    await create().catch(() => undefined);
    expect(fakes.openai.requests).toHaveLength(5);
    const leaving = new AbortController();
    const asked = async () => {
      if (fakes.openai.requests.length === 6) return true;
      openai()
        .chat.completions.create({ model: names.openai, messages }, { signal: leaving.signal })
        .catch(() => undefined);
      return undefined;
    };
    await eventually(asked, { what: 'the trial' });
    return leaving;
  };

  it('is not trusted because of a client that left before the answer to the trial', async () => {
    const leaving = await abandonedTrial();
    fakes.openai.script(...broken(100));
    leaving.abort();
    await eventually(() => (fakes.openai.left === 1 ? true : undefined), { what: 'the end upstream' });
    // One of the next is the trial in its place, the other waits for how it ends.
    await Promise.all([create(), create()].map((asked) => expect(asked).rejects.toMatchObject({ status: 503 })));
    expect(fakes.openai.requests).toHaveLength(7);
  });

  it('nor rests the longer for it', async () => {
    const leaving = await abandonedTrial();
    leaving.abort();
    await eventually(() => (fakes.openai.left === 1 ? true : undefined), { what: 'the end upstream' });
    expect((await create()).text).toContain('all is well');
  });

  it('gives way to the next of the route where falling back is allowed, and only there', async () => {
    stage.settings.set('llm.routing_strategy', 'agent-role');
    stage.settings.set('llm.routes', { default: [names.openai, names.anthropic] });
    fakes.openai.script(...broken(100));
    await expect(create('default')).rejects.toMatchObject({ status: 503 });
    stage.settings.set('llm.enable_fallback', true);
    expect((await create('default')).text).toContain('all is well');
    await eventually(() => stage.calls[2]);
    expect(stage.calls.map(({ provider, status }) => `${provider} ${status}`)).toEqual([
      'openai failed',
      'openai failed',
      'anthropic ok',
    ]);
  });

  it('gives way to nobody where it has refused the request itself: another is not asked what one will not do', async () => {
    stage.settings.set('llm.routing_strategy', 'agent-role');
    stage.settings.set('llm.routes', { default: [names.openai, names.anthropic] });
    stage.settings.set('llm.enable_fallback', true);
    fakes.openai.script({ kind: 'status', status: 400 });
    await expect(create('default')).rejects.toMatchObject({ status: 400 });
    expect([fakes.openai.requests.length, fakes.anthropic.requests.length]).toEqual([1, 0]);
  });
});

describe('a stream', () => {
  it('that is cut in the middle ends with an error the client sees, is not repeated, and is paid for', async () => {
    fakes.openai.script({ kind: 'cut', after: 3 });
    await expect(clients.openai(names.openai, true)).rejects.toThrow();
    expect(fakes.openai.requests).toHaveLength(1);
    await eventually(() => stage.calls[0]);
    expect(stage.calls).toMatchObject([{ status: 'failed', errorCode: 'cut', attempts: 1 }]);
    expect(stage.calls[0]?.usage?.outputTokens).toBeGreaterThan(0);
    expect(stage.calls[0]?.costMicroUsd).toBeGreaterThan(0);
  });

  it('comes as it is said, not when it is over', async () => {
    fakes.openai.script({ kind: 'answer', text: 'one two three four five', pauseMs: 50 });
    const stream = await openai().chat.completions.create({ model: names.openai, messages, stream: true });
    const seen: number[] = [];
    for await (const _chunk of stream) seen.push(performance.now());
    expect((seen.at(-1) ?? 0) - (seen[0] ?? 0)).toBeGreaterThan(150);
  });

  it('shows no usage to a client that did not ask for it', async () => {
    const stream = await openai().chat.completions.create({ model: names.openai, messages, stream: true });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.every(({ choices }) => choices.length > 0)).toBe(true);
    expect(stage.calls).toMatchObject([{ usage: { inputTokens: 1_000, outputTokens: 200 } }]);
  });

  it.each([false, true])('of a client that goes away is ended upstream (streaming: %s)', async (isStream) => {
    fakes.openai.script(isStream ? { kind: 'answer', text: 'word '.repeat(200), pauseMs: 20 } : { kind: 'hang' });
    const gone = new AbortController();
    const asked = fetch(`${stage.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ model: names.openai, messages, stream: isStream }),
      signal: gone.signal,
    }).then((answer) => answer.text());
    asked.catch(() => 'aborted by ourselves');
    await eventually(() => fakes.openai.requests[0]);
    gone.abort();
    await eventually(() => (fakes.openai.left === 1 ? true : undefined), { what: 'the end upstream' });
    await eventually(() => stage.calls[0]);
    // What was asked for is paid for: at most its ceiling, since nobody says how far the provider came.
    expect(stage.calls).toMatchObject([{ status: 'aborted' }]);
    expect(stage.calls[0]?.costMicroUsd).toBeGreaterThan(0);
  });

  it('of a life that is cut ends at once, upstream as well', async () => {
    fakes.openai.script({ kind: 'answer', text: 'word '.repeat(500), pauseMs: 20 });
    const heard = clients.openai(names.openai, true).catch((error: unknown) => error);
    await eventually(() => fakes.openai.requests[0]);
    stage.models.cutLife('ins_other');
    stage.models.cutLife(thinker.instanceId);
    expect(await heard).toBeInstanceOf(Error);
    await eventually(() => (fakes.openai.left === 1 ? true : undefined), { what: 'the end upstream' });
  });
});

it('a model that nobody serves is 404 with words that help', async () => {
  await expect(create('llama-9')).rejects.toMatchObject({ status: 404, error: { code: 'model_not_found' } });
  await expect(create('gemini/gemini-2.5-pro')).rejects.toMatchObject({
    status: 503,
    message: expect.stringContaining('set up: anthropic, openai'),
  });
});

it('a key that a provider quotes in its refusal reaches nobody', async () => {
  for (const status of [401, 403, 400]) {
    fakes.openai.script({
      kind: 'status',
      status,
      body: JSON.stringify({ error: { message: `bad key ${keys.openai}` } }),
    });
    const error = (await create().catch((thrown: unknown) => thrown)) as Error;
    expect(JSON.stringify(error) + error.message + String(error.stack)).not.toContain(keys.openai);
  }
});

it.each([true, false])('prompts are kept only where a setting says so (%s)', async (isKept) => {
  stage.settings.set('llm.record_prompts', isKept);
  await create();
  await eventually(() => stage.calls[0]);
  expect(stage.calls[0]?.prompt !== undefined).toBe(isKept);
});

describe('identical questions at the same time', () => {
  const ask = (temperature: number) =>
    openai().chat.completions.create({ model: names.openai, messages, temperature, max_tokens: 100 });
  const inParallel = (temperature: number) => Promise.all([ask(temperature), ask(temperature), ask(temperature)]);

  it.each([
    [true, 0, 1],
    [true, 1, 3],
    [false, 0, 3],
  ])(
    'share an answer where a setting says so and it is deterministic (%s, temperature %i)',
    async (isShared, temperature, asked) => {
      stage.settings.set('llm.share_identical', isShared);
      const answers = await inParallel(temperature);
      expect(new Set(answers.map(({ choices }) => choices[0]?.message.content)).size).toBe(1);
      expect(fakes.openai.requests).toHaveLength(asked);
    },
  );

  it('that are asked one after another are two', async () => {
    stage.settings.set('llm.share_identical', true);
    await ask(0);
    await ask(0);
    expect(fakes.openai.requests).toHaveLength(2);
  });

  it('are answered to no life that was cut while it waited', async () => {
    stage.settings.set('llm.share_identical', true);
    fakes.openai.script({ kind: 'slow', delayMs: 300 });
    const body = { model: names.openai, messages, temperature: 0, max_tokens: 100 };
    const askAs = (instanceId: string) =>
      openai()
        .chat.completions.create(body, { headers: { 'x-test-life': instanceId } })
        .catch((error: unknown) => error);
    const first = askAs('ins_1');
    await eventually(() => fakes.openai.requests[0]);
    const waiter = askAs('ins_2');
    await eventually(() => (stage.arrived === 2 ? true : undefined), { what: 'the waiter' });
    stage.models.cutLife('ins_2');
    expect(await waiter).toBeInstanceOf(OpenAI.APIConnectionError);
    expect(await first).toMatchObject({ choices: [{ message: { content: expect.stringContaining('all is well') } }] });
    expect(fakes.openai.requests).toHaveLength(1);
  });
});
