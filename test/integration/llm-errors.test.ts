import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../src/contracts/errors.ts';
import { createDoor } from '../../src/orchestrator/gateway/door.ts';
import { createGatewayApp } from '../../src/orchestrator/gateway/server.ts';
import { systemClock } from '../../src/orchestrator/platform/clock.ts';
import { tokenOf } from '../support/agent-token.ts';
import { startBoardroom, type TestBoardroom } from '../support/boardroom.ts';
import { eventually } from '../support/eventually.ts';

const keyed = { apiKey: 'bra_x', maxRetries: 0 };

/** What the providers' own clients make of it. */
const clients = {
  openai: (url: string, { content = 'hi', apiKey = keyed.apiKey } = {}) =>
    new OpenAI({ ...keyed, apiKey, baseURL: `${url}/llm/v1` }).chat.completions
      .create({ model: 'default', messages: [{ role: 'user', content }] })
      .then(
        () => undefined,
        (error: unknown) => error as InstanceType<typeof OpenAI.APIError>,
      ),
  anthropic: (url: string, { content = 'hi', apiKey = keyed.apiKey } = {}) =>
    new Anthropic({ ...keyed, apiKey, baseURL: `${url}/llm` }).messages
      .create({ model: 'default', messages: [{ role: 'user', content }], max_tokens: 9 })
      .then(
        () => undefined,
        (error: unknown) => error as InstanceType<typeof Anthropic.APIError>,
      ),
};

/** Both say it, each in its own way. */
async function bothSay(
  url: string,
  expected: { openai: object; anthropic: object; text: string; type: string },
  how = {},
) {
  const fromOpenai = await clients.openai(url, how);
  expect(fromOpenai).toBeInstanceOf(expected.openai);
  expect(fromOpenai?.message).toContain(expected.text);
  expect(fromOpenai?.message).not.toContain('{');
  expect(fromOpenai?.type).toBe(expected.type);
  const fromAnthropic = await clients.anthropic(url, how);
  expect(fromAnthropic).toBeInstanceOf(expected.anthropic);
  expect(fromAnthropic?.error).toMatchObject({
    type: 'error',
    error: { type: expected.type, message: expect.stringContaining(expected.text) },
  });
  return [fromOpenai, fromAnthropic] as const;
}

let server: Server;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function listen(listening: Server): Promise<string> {
  server = listening;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The gateway at a moment when nobody can be identified, for this reason. */
const appWhere = (thrown: unknown) =>
  createGatewayApp({
    identity: {
      async identify() {
        throw thrown;
      },
    },
    neighbours: { agentAt: () => undefined },
    mcp: () => undefined,
    log: pino({ level: 'silent' }),
  } as unknown as Parameters<typeof createGatewayApp>[0]);

describe('what goes wrong before a model is asked', () => {
  it.each<[ErrorCode, object, object, string]>([
    ['unauthenticated', OpenAI.AuthenticationError, Anthropic.AuthenticationError, 'authentication_error'],
    ['not_allowed', OpenAI.PermissionDeniedError, Anthropic.PermissionDeniedError, 'permission_error'],
    ['payload_too_large', OpenAI.APIError, Anthropic.ContentTooLargeError, 'request_too_large'],
    ['rate_limited', OpenAI.RateLimitError, Anthropic.RateLimitError, 'rate_limit_error'],
    ['budget_exhausted', OpenAI.APIError, Anthropic.PaymentRequiredError, 'billing_error'],
    ['dependency_unavailable', OpenAI.InternalServerError, Anthropic.ServiceUnavailableError, 'overloaded_error'],
  ])('is an error of the client’s own kind: %s', async (code, openai, anthropic, type) => {
    const url = await listen(createServer(appWhere(new AppError(code, 'because of this', { retryAfterSeconds: 7 }))));
    const errors = await bothSay(url, { openai, anthropic, type, text: 'because of this' });
    for (const error of errors) expect(error?.headers?.get('retry-after')).toBe('7');
    expect(errors[0]).toMatchObject({ code });
  });

  it('is one of ours where it is ours, and shows nothing of the cause', async () => {
    const url = await listen(createServer(appWhere(new Error('private'))));
    const errors = await bothSay(url, {
      openai: OpenAI.InternalServerError,
      anthropic: Anthropic.InternalServerError,
      type: 'api_error',
      text: 'Something went wrong',
    });
    expect(JSON.stringify(errors)).not.toContain('private');
  });

  it('stays a problem with all its members beside it', async () => {
    const url = await listen(createServer(appWhere(new AppError('unauthenticated', 'no'))));
    const problem = { title: 'No valid credentials', status: 401, detail: 'no', code: 'unauthenticated' };
    const openai = await fetch(`${url}/llm/v1/models`);
    expect(openai.headers.get('content-type')).toContain('application/problem+json');
    expect(await openai.json()).toMatchObject({ type: '/problems/unauthenticated', ...problem });
    const anthropic = await fetch(`${url}/llm/v1/models`, { headers: { 'anthropic-version': '2023-06-01' } });
    expect(await anthropic.json()).toMatchObject({ type: 'error', ...problem });
    expect(await (await fetch(`${url}/mcp`)).json()).toEqual({ type: '/problems/unauthenticated', ...problem });
  });

  it('too many requests at the door are no different', async () => {
    const door = createDoor({
      app: appWhere(new Error('nobody comes so far')),
      messages: {},
      sockets: { upgrade: () => undefined },
      limits: { connections: 10, requests: { perSecond: 0.001, burst: 1 } },
      isWelcome: () => true,
      clock: systemClock,
      onExcess: () => undefined,
    });
    const url = await listen(door);
    await fetch(`${url}/llm/v1/models`);
    const errors = await bothSay(url, {
      openai: OpenAI.RateLimitError,
      anthropic: Anthropic.RateLimitError,
      type: 'rate_limit_error',
      text: 'Too many requests',
    });
    for (const error of errors) expect(error?.headers?.get('retry-after')).toBe('2');
  });
});

describe.skipIf(process.platform !== 'linux')('a running gateway', () => {
  let room: TestBoardroom;
  let apiKey: string;
  beforeAll(async () => {
    room = await startBoardroom({ BOARDROOM_AGENTS: 'cmo', AGENT_CALLS_PER_SECOND: '1' });
    await eventually(async () => ((await room.call('GET', '/agents/cmo')).body.connected ? true : undefined), {
      withinMs: 30_000,
      what: 'a connected CMO',
    });
    apiKey = await tokenOf(room, 'cmo');
  });
  afterAll(() => room.dispose());

  const post = (path: string, body: string) =>
    fetch(room.gatewayUrl + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body,
    });

  it('knows no stranger', async () => {
    await bothSay(room.gatewayUrl, {
      openai: OpenAI.AuthenticationError,
      anthropic: Anthropic.AuthenticationError,
      type: 'authentication_error',
      text: 'BOARDROOM_TOKEN',
    });
  });

  it('says how large a body may be here', async () => {
    const error = await clients.openai(room.gatewayUrl, { apiKey, content: 'x'.repeat(8 * 1024 * 1024) });
    expect(error).toMatchObject({ status: 413, type: 'request_too_large', code: 'payload_too_large' });
    expect(error?.message).toContain('larger than 8 MiB');
    expect(await (await post('/mcp', `"${'x'.repeat(300 * 1024)}"`)).json()).toMatchObject({
      detail: 'The body is larger than 256 kB',
    });
  });

  it('counts tokens for whom it knows', async () => {
    const ask = (token: string) =>
      new Anthropic({ ...keyed, apiKey: token, baseURL: `${room.gatewayUrl}/llm` }).messages.countTokens({
        model: 'default',
        messages: [{ role: 'user', content: 'hi' }],
      });
    expect((await ask(apiKey)).input_tokens).toBeGreaterThan(0);
    await expect(ask('bra_x')).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
  });

  it.each(['/llm/v1/chat/completions', '/llm/v1/messages'])('reads no malformed JSON at %s', async (path) => {
    const response = await post(path, '{"model":');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'invalid_request',
      error: { type: 'invalid_request_error', message: expect.stringContaining('malformed JSON') },
    });
  });

  it('has only so many routes', async () => {
    const openai = new OpenAI({ ...keyed, apiKey, baseURL: `${room.gatewayUrl}/llm/v1` });
    await expect(openai.embeddings.create({ model: 'm', input: 'a' })).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    const anthropic = new Anthropic({ ...keyed, apiKey, baseURL: `${room.gatewayUrl}/llm` });
    const error = await anthropic.messages.batches.list().then(undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Anthropic.NotFoundError);
    expect(error).toMatchObject({ error: { error: { message: expect.stringContaining('/llm/v1/messages/batches') } } });
  });

  it('lets nobody call without end', async () => {
    const ask = () =>
      new OpenAI({ ...keyed, apiKey, baseURL: `${room.gatewayUrl}/llm/v1` }).models.list().then(
        () => undefined,
        (error: unknown) => error,
      );
    const refused = await eventually(ask, { what: 'a refusal' });
    expect(refused).toBeInstanceOf(OpenAI.RateLimitError);
    expect((refused as InstanceType<typeof OpenAI.APIError>).headers?.get('retry-after')).toMatch(/^\d+$/);
  });
});
