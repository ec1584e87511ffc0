import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemIn } from '../../support/http-problem.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';
import { sendRaw } from '../../support/wire.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ REQUEST_TIMEOUT_MS: '500' });
});
afterAll(() => stage.dispose());

describe('what is no route', () => {
  it.each([
    ['GET', '/nowhere'],
    ['GET', '/'],
    ['GET', '/index.html'],
    ['GET', '/api/agents'],
    ['GET', '/agents/ceo/secrets'],
    ['GET', '/ws'],
    ['GET', '/../package.json'],
    ['GET', '/%2e%2e/package.json'],
    ['GET', '/nowhere/%ff'],
    ['POST', '/agents'],
    ['DELETE', '/agents/ceo'],
    ['PUT', '/tasks'],
    ['PATCH', '/tasks/tsk_1'],
    ['DELETE', '/decisions/dec_1'],
  ])('%s %s answers 404 as a problem, not as a page', async (method, path) => {
    const answer = await stage.send(method, path, { text: null });
    expect(problemIn(answer)).toMatchObject({ code: 'not_found', status: 404 });
  });

  it('is the same to a caller without a key: there is nothing to protect', async () => {
    expect(problemIn(await stage.send('GET', '/nowhere', { key: null })).code).toBe('not_found');
  });

  it('gives a script in its path back to nobody as a page', async () => {
    const { headers, text } = await stage.send('GET', '/<script>alert(1)</script>');
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(text).not.toContain('<script>');
  });
});

describe('what is no request', () => {
  it.each([
    ['no HTTP', 'hello?\r\n\r\n', 'invalid_request'],
    ['a method that nobody knows', 'BREW /coffee HTTP/1.1\r\n\r\n', 'invalid_request'],
    [
      'a header with a control character',
      'GET /health HTTP/1.1\r\nHost: localhost\r\nA: \u0001\r\n\r\n',
      'invalid_request',
    ],
    [
      'two ideas of its length',
      'POST /tasks HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n',
      'invalid_request',
    ],
    ['a length below nothing', 'POST /tasks HTTP/1.1\r\nContent-Length: -1\r\n\r\n', 'invalid_request'],
    ['headers of more than 16 kB', `GET /health HTTP/1.1\r\nA: ${'x'.repeat(17_000)}\r\n\r\n`, 'headers_too_large'],
    ['a path of more than 16 kB', `GET /${'x'.repeat(17_000)} HTTP/1.1\r\n\r\n`, 'headers_too_large'],
    ['one that never ends', 'GET /health HTTP/1.1\r\n', 'request_timeout'],
    ['silence', '', 'request_timeout'],
  ])('is refused with a problem too: %s', async (_what, request, code) => {
    expect(problemIn(await sendRaw(stage.url, request)).code).toBe(code);
  });
});

describe('a fault of ours', () => {
  it('is a problem too, which tells nothing of SQL, files or the stack', async () => {
    const client = new pg.Client(stage.databaseUrl);
    await client.connect();
    await client.query('alter table tasks rename column title to heading');
    const answers = [
      await stage.send('GET', '/tasks'),
      await stage.send('GET', '/tasks/tsk_1'),
      await stage.send('POST', '/tasks', { body: { title: 'A secret title', assignTo: 'ceo' } }),
    ];
    await client.query('alter table tasks rename column heading to title');
    await client.end();
    for (const answer of answers) {
      expect(problemIn(answer)).toMatchObject({ code: 'internal', status: 500 });
      expect(answer.text).not.toContain('A secret title');
    }
    await stage.ok('listTasks');
  });
});
