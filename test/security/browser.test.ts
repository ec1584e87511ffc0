import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type RouteName, routeNames, rows } from '../support/http-coverage.ts';
import { problemIn } from '../support/http-problem.ts';
import { knock } from '../support/http-socket.ts';
import { openStage, type Stage } from '../support/http-stage.ts';
import { sendRaw } from '../support/wire.ts';

// The operator is logged in, and reads a page that means harm. The browser sends what the page asks for, truthfully labelled.

let stage: Stage;
let cookie: string;
beforeAll(async () => {
  stage = await openStage();
  const { headers } = await stage.ask('createSession');
  cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
});
afterAll(() => stage.dispose());

const changing = routeNames.filter((name) => rows[name].method !== 'get');
const evil = 'https://evil.example';
const crossSite = { origin: evil, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };

/** The route as a page would call it, as bytes, because fetch() keeps some of these headers for itself. */
async function browse(name: RouteName, headers: Readonly<Record<string, string>>, body = '') {
  const { method, path } = rows[name];
  const { host } = new URL(stage.url);
  const all = { host, cookie, 'content-length': String(body.length), ...headers };
  const lines = Object.entries(all).map(([header, value]) => `${header}: ${value}\r\n`);
  const target = path.replaceAll(/:\w+/g, 'ceo');
  return sendRaw(stage.url, `${method.toUpperCase()} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

const onRecord = async () => ({
  seq: (await stage.ok('listEvents', { query: { limit: 1 } })).events[0]?.seq,
  tasks: (await stage.ok('listTasks')).total,
  keys: await stage.ok('listKeys'),
});

describe('a page of another site, with the operator’s session', () => {
  let before: Awaited<ReturnType<typeof onRecord>>;
  beforeAll(async () => {
    before = await onRecord();
  });

  const task = '{"title":"From a hostile page","assignTo":"ceo"}';
  const disguises: [string, Record<string, string>, string][] = [
    ['as a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'title=x&assignTo=ceo'],
    ['as an empty form', { 'content-type': 'application/x-www-form-urlencoded' }, ''],
    ['as text that is JSON', { 'content-type': 'text/plain' }, task],
    ['as a form of parts', { 'content-type': 'multipart/form-data; boundary=x' }, '--x--'],
    ['as JSON, past a preflight that it ignored', { 'content-type': 'application/json' }, task],
  ];

  for (const [how, headers, body] of disguises) {
    test.each(changing)(`cannot call %s ${how}`, async (name) => {
      expect(problemIn(await browse(name, { ...crossSite, ...headers }, body)).code).toBe('foreign_origin');
    });
  }

  it.each([
    [
      'another port of this machine, whose pages get the cookie',
      { origin: 'http://127.0.0.1:9999', 'sec-fetch-site': 'same-site' },
    ],
    ['a sandbox without an origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a page that hides its origin', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ['a page that hides its origin on this machine', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }],
    [
      'a form that is sent by navigation',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ],
  ])('is refused as %s', async (_who, headers) => {
    const answer = await browse('createTask', { ...headers, 'content-type': 'application/json' }, task);
    expect(problemIn(answer).code).toBe('foreign_origin');
  });

  it.each([
    ['a script', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' }],
    ['an image', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['a frame', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }],
    ['an embedded object', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'embed' }],
  ])('cannot load what only reads as %s', async (_what, headers) => {
    const answer = await browse('listTasks', { 'sec-fetch-site': 'cross-site', ...headers });
    expect(problemIn(answer).code).toBe('foreign_origin');
  });

  it('has changed nothing by all of this', async () => {
    expect(await onRecord()).toEqual(before);
  });

  it('may link to us', async () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await browse('getHealth', link)).status).toBe(200);
  });
});

describe('a browser that does not say where a page is from', () => {
  // Without Origin and Fetch Metadata only the type tells a form from a program.
  // What is made for forms asks for no session, but for a token that no page can know.
  const fromPrograms = changing.filter((name) => rows[name].accepts === 'json');
  test.each(fromPrograms)('cannot call %s by a form or by plain text, not even by an empty one', async (name) => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x']) {
      for (const body of ['', '{}']) {
        expect(problemIn(await browse(name, { 'content-type': type }, body)).code).toBe('unsupported_media_type');
      }
    }
  });
});

describe('our own dashboard', () => {
  it('may change things with its session', async () => {
    const own = { origin: stage.url, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
    expect((await browse('createTask', own, '{"title":"From the dashboard","assignTo":"ceo"}')).status).toBe(201);
  });

  it('may read without an Origin, as browsers do it', async () => {
    expect((await browse('listTasks', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' })).status).toBe(200);
  });
});

describe('no answer of ours', () => {
  test.each(routeNames)('can be framed, sniffed or read by another site: %s', async (name) => {
    const { headers } = await browse(name, {});
    expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'self'/);
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a hostile page that opens /ws', () => {
  const ticket = async () => (await stage.ok('createTicket')).ticket;
  const rebound = { host: 'evil.example:8080', origin: 'http://evil.example:8080' };

  it.each([
    ['from another site', { origin: evil }, 'foreign_origin'],
    ['from a sandbox', { origin: 'null' }, 'foreign_origin'],
    ['from another port of this machine', { origin: 'http://127.0.0.1:9999' }, 'foreign_origin'],
    ['under a name that was pointed at us', rebound, 'misdirected_request'],
  ])('is refused %s, with a session', async (_where, headers, code) => {
    expect(problemIn(await knock(stage.url, '/ws', { cookie, ...headers })).code).toBe(code);
  });

  it.each([
    ['from another site', { origin: evil }],
    ['under a name that was pointed at us', rebound],
  ])('is refused %s before its ticket is looked at: the ticket is not used up', async (_where, headers) => {
    const path = `/ws?ticket=${await ticket()}`;
    problemIn(await knock(stage.url, path, headers));
    expect((await knock(stage.url, path)).status).toBe(101);
    expect((await knock(stage.url, path)).status).toBe(401);
  });
});
