import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError, type ErrorCode, errorCodes } from '../../src/contracts/errors.ts';
import { createProblemHandler, problemOf, toAppError } from '../../src/orchestrator/http/problem.ts';

const codes = Object.keys(errorCodes) as ErrorCode[];
const logged: { level: number; err?: { message: string } }[] = [];
const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(JSON.parse(line)) });

let thrown: unknown;
let url: string;
const app = express()
  .get('/throw', () => {
    throw thrown;
  })
  .get('/half', (_request, response) => {
    response.write('half of an ans');
    throw thrown;
  })
  .post('/json', express.json({ limit: 100 }), (_request, response) => void response.json({}))
  .get('/named/:name', (_request, response) => void response.json({}))
  .use(createProblemHandler(log));
const server = app.listen(0, '127.0.0.1');

beforeAll(async () => {
  if (!server.listening) await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
beforeEach(() => {
  logged.length = 0;
});

async function answerTo(error: unknown) {
  thrown = error;
  const response = await fetch(`${url}/throw`);
  return { response, body: await response.json() };
}

describe('the registry of errors', () => {
  it.each(codes)('%s has a status of an error and a sentence for the public', (code) => {
    const { status, title } = errorCodes[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(title).toMatch(/^[A-Z]/);
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });
});

describe('an error of ours', () => {
  it.each(codes)('%s becomes a problem with its status, its title and the words for this case', async (code) => {
    const { response, body } = await answerTo(new AppError(code, 'because of this', { cause: new Error('private') }));
    const { status, title } = errorCodes[code];
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(body).toEqual({ type: `/problems/${code}`, title, status, detail: 'because of this', code });
  });

  it('tells each thing that is wrong with the input', () => {
    const issues = [{ path: 'body.title', message: 'must not be blank' }];
    expect(problemOf(new AppError('invalid_request', 'x', { issues }))).toHaveProperty('errors', issues);
  });

  it.each<[ErrorCode, number | undefined, string | null]>([
    ['dependency_unavailable', undefined, '2'],
    ['dependency_unavailable', 7, '7'],
    ['rate_limited', 30, '30'],
    ['not_found', undefined, null],
    ['internal', undefined, null],
  ])('%s with %j seconds to wait says Retry-After: %j', async (code, retryAfterSeconds, header) => {
    const options = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
    const { response } = await answerTo(new AppError(code, 'x', options));
    expect(response.headers.get('retry-after')).toBe(header);
  });
});

describe('any other error', () => {
  it.each<[string, unknown]>([
    ['an Error', new Error('select secret from /home/me')],
    ['an error with a code and a path', Object.assign(new Error('secret'), { code: 'X', path: '/home/me' })],
    ['an error that claims a status of ours', Object.assign(new Error('secret'), { status: 500 })],
    ['a text', 'secret'],
    ['an object', { secret: true }],
  ])('%s becomes an internal one, and nothing of it leaves', async (_what, error) => {
    const { response, body } = await answerTo(error);
    expect(response.status).toBe(500);
    expect(body).toMatchObject({ code: 'internal', title: errorCodes.internal.title });
    expect(JSON.stringify(body)).not.toMatch(/secret|home|stack|\.ts/);
  });

  it.each([null, undefined, 0, ''])('becomes an internal one even when %j is all that was thrown', (error) => {
    expect(toAppError(error).code).toBe('internal');
  });

  it('is logged with its cause, which is shown to nobody', async () => {
    await answerTo(new Error('the private cause'));
    expect(logged.map(({ level, err }) => [level, err?.message])).toEqual([[50, 'the private cause']]);
  });

  it('of the caller’s own making is not logged as a failure of ours', async () => {
    await answerTo(new AppError('not_found', 'x'));
    expect(logged).toEqual([]);
  });
});

describe('a request that cannot be read', () => {
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    fetch(`${url}/json`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });

  it.each<[string, () => Promise<Response>, ErrorCode]>([
    ['malformed JSON', () => post('{"a":'), 'invalid_request'],
    ['a body that is too large', () => post(JSON.stringify('x'.repeat(200))), 'payload_too_large'],
    [
      'an unknown charset',
      () => post('{}', { 'content-type': 'application/json; charset=klingon' }),
      'unsupported_media_type',
    ],
    ['an unknown encoding', () => post('{}', { 'content-encoding': 'klingon' }), 'unsupported_media_type'],
    ['a broken encoding', () => post(new Uint8Array([1, 2, 3]), { 'content-encoding': 'gzip' }), 'invalid_request'],
    ['a malformed path', () => fetch(`${url}/named/%zz`), 'invalid_request'],
  ])('%s is a problem with words that help', async (_what, send, code) => {
    const response = await send();
    const body: unknown = await response.json();
    expect(response.status).toBe(errorCodes[code].status);
    expect(body).toMatchObject({ code });
    expect(JSON.stringify(body)).not.toMatch(/SyntaxError|stack|klingon|zz/);
  });
});

describe('an answer that has begun', () => {
  it('is cut off when it fails: half of it must not pass for the whole', async () => {
    thrown = new Error('too late');
    const response = await fetch(`${url}/half`);
    await expect(response.text()).rejects.toThrow();
  });
});
