import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { closeBook } from '../../support/http-coverage.ts';
import { type CutStage, openCutStage } from '../../support/http-cut-stage.ts';
import { problemIn } from '../../support/http-problem.ts';
import { knock } from '../../support/http-socket.ts';
import { openStage } from '../../support/http-stage.ts';

let stage: CutStage;
beforeAll(async () => {
  stage = await openCutStage();
});
afterAll(() => stage.dispose());

/** Opens a session and returns its cookie as a browser sends it, with what was said of it. */
async function openSession(key: string) {
  const { status, body, headers } = await stage.ask('createSession', { key });
  const [line = '', ...more] = headers.getSetCookie();
  expect(more).toEqual([]);
  const [cookie = '', ...attributes] = line.split('; ');
  return { status, body, cookie, attributes };
}
const by = (cookie: string) => ({ key: null, headers: { cookie } });

describe('a session', () => {
  it('answers 201 with a cookie that scripts cannot read and other sites cannot send', async () => {
    const { status, body, cookie, attributes } = await openSession(stage.keys.viewer);
    expect(status).toBe(201);
    expect(body).toMatchObject({ success: true });
    expect(cookie).toMatch(/^boardroom_session=[\w-]{32,}$/);
    expect(attributes).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Strict', 'Path=/']));
    expect(JSON.stringify(body)).not.toContain(cookie.split('=')[1]);
  });

  it('ends with its cookie, at the moment the answer says', async () => {
    const { expiresAt } = await stage.ok('createSession');
    const { attributes } = await openSession(stage.keys.viewer);
    const expires = attributes.find((attribute) => attribute.startsWith('Expires='))?.slice('Expires='.length) ?? '';
    expect(Date.parse(expires)).toBeGreaterThan(Date.now());
    expect(Math.abs(Date.parse(expires) - Date.parse(expiresAt))).toBeLessThan(10_000);
  });

  it('may do what its key may, and no more', async () => {
    const { cookie } = await openSession(stage.keys.operator);
    const body = { title: 'By session', assignTo: 'ceo' };
    const { task } = await stage.ok('createTask', { ...by(cookie), body });
    expect(task.createdBy).toBe('operator:a operator');
    await stage.refusal('listKeys', 'not_allowed', by(cookie));
  });

  it('ends when it is asked to, and takes its cookie out of the browser', async () => {
    const { cookie } = await openSession(stage.keys.viewer);
    const { headers, body } = await stage.ask('endSession', by(cookie));
    expect(body).toEqual({ success: true });
    expect(headers.getSetCookie()[0]).toMatch(/^boardroom_session=; Max-Age=0; Path=\/; HttpOnly; SameSite=Strict$/);
    await stage.refusal('listTasks', 'unauthenticated', by(cookie));
  });

  it('ends alone: another session of the same key goes on', async () => {
    const [one, other] = [await openSession(stage.keys.viewer), await openSession(stage.keys.viewer)];
    await stage.ok('endSession', by(one.cookie));
    await stage.ok('listTasks', by(other.cookie));
  });

  it('is none of its own business to a caller with a key', async () => {
    expect(await stage.ok('endSession', { key: stage.keys.viewer })).toEqual({ success: true });
    await stage.ok('listTasks', { key: stage.keys.viewer });
  });

  it('is over from the moment its key expires on', async () => {
    const expiresAt = new Date(Date.now() + 3_000).toISOString();
    const { secret } = await stage.ok('createKey', { body: { name: 'Three seconds', role: 'viewer', expiresAt } });
    const { cookie } = await openSession(secret);
    await stage.ok('listTasks', by(cookie));
    await eventually(() => (Date.now() > Date.parse(expiresAt) ? true : undefined));
    await stage.refusal('listTasks', 'unauthenticated', by(cookie));
  });

  it('does not claim to last longer than its key', async () => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const { secret } = await stage.ok('createKey', { body: { name: 'One minute', role: 'viewer', expiresAt } });
    const session = await stage.ok('createSession', { key: secret });
    expect(Date.parse(session.expiresAt)).toBeLessThanOrEqual(Date.parse(expiresAt));
  });
});

describe('a link to the dashboard', () => {
  const newCode = async (key: string) => {
    const { path } = await stage.ok('createSessionLink', { key });
    return path.slice('/dashboard/#code='.length);
  };

  it('opens a session of the key that made it, once', async () => {
    const code = await newCode(stage.keys.operator);
    const { headers } = await stage.ask('openSession', { key: null, body: { code } });
    const [cookie = ''] = (headers.getSetCookie()[0] ?? '').split('; ');
    const session = await stage.ok('getSession', by(cookie));
    expect(session).toMatchObject({ name: 'a operator', role: 'operator' });
    await stage.refusal('openSession', 'unauthenticated', { key: null, body: { code } });
  });

  it('opens one session to a crowd that brings it at the same moment', async () => {
    const code = await newCode(stage.keys.viewer);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => stage.ask('openSession', { key: null, body: { code } })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it('holds a code that is no key, no session and no ticket, and none of them opens a session as it does', async () => {
    const code = await newCode(stage.keys.viewer);
    await stage.refusal('listTasks', 'unauthenticated', { key: code });
    await stage.refusal('listTasks', 'unauthenticated', by(`boardroom_session=${code}`));
    const { ticket } = await stage.ok('createTicket');
    await stage.refusal('openSession', 'unauthenticated', { key: null, body: { code: ticket } });
  });

  it('waits for Postgres, and is still good when it is back', async () => {
    const code = await newCode(stage.keys.viewer);
    const given = { key: null, body: { code } };
    await stage.proxy.cut();
    await stage.refusal('openSession', 'dependency_unavailable', given);
    await stage.proxy.restore();
    await eventually(async () => (await stage.ask('openSession', given)).status === 201 || undefined);
  });

  it('is not to be guessed: who fails too often is refused for a while, and good links are not', async () => {
    const strict = await openStage({ FAILED_AUTH_PER_MINUTE: '3' });
    const guess = { key: null, body: { code: 'guessed' } };
    for (let time = 0; time < 3; time += 1) await strict.refusal('openSession', 'unauthenticated', guess);
    await strict.refusal('openSession', 'rate_limited', guess);
    const { path } = await strict.ok('createSessionLink');
    const code = path.slice('/dashboard/#code='.length);
    expect((await strict.ask('openSession', { key: null, body: { code } })).status).toBe(201);
    await strict.dispose();
  });

  it('dies with its key', async () => {
    const { key, secret } = await stage.ok('createKey', { body: { name: 'Short-lived', role: 'viewer' } });
    const code = await newCode(secret);
    await stage.ok('revokeKey', { params: { id: key.id } });
    await stage.refusal('openSession', 'unauthenticated', { key: null, body: { code } });
  });
});

describe('a ticket', () => {
  const newTicket = async () => (await stage.ok('createTicket', { key: stage.keys.viewer })).ticket;
  const enter = async (ticket: string) => (await knock(stage.url, `/ws?ticket=${ticket}`)).status;

  it('answers 201 and is good for half a minute', async () => {
    const { status, body } = await stage.ask('createTicket', { key: stage.keys.viewer });
    expect(status).toBe(201);
    expect(body).toEqual({ ticket: expect.any(String), expiresAt: expect.any(String) });
    const { expiresAt } = await stage.ok('createTicket');
    const leftMs = Date.parse(expiresAt) - Date.now();
    expect(leftMs).toBeGreaterThan(20_000);
    expect(leftMs).toBeLessThanOrEqual(30_000);
  });

  it('opens the socket once', async () => {
    const ticket = await newTicket();
    expect(await enter(ticket)).toBe(101);
    expect(await enter(ticket)).toBe(401);
  });

  it('opens the socket once to a crowd that brings it at the same moment', async () => {
    const ticket = await newTicket();
    const statuses = await Promise.all(Array.from({ length: 6 }, () => enter(ticket)));
    expect(statuses.filter((status) => status === 101)).toHaveLength(1);
  });

  it('is no key and no session', async () => {
    const ticket = await newTicket();
    await stage.refusal('listTasks', 'unauthenticated', { key: ticket });
    await stage.refusal('listTasks', 'unauthenticated', by(`boardroom_session=${ticket}`));
    expect(await enter(ticket)).toBe(101);
  });
});

describe('the door of the socket', () => {
  it('opens to a key and to a session', async () => {
    const { cookie } = await openSession(stage.keys.viewer);
    expect((await knock(stage.url, '/ws', { 'x-api-key': stage.keys.viewer })).status).toBe(101);
    expect((await knock(stage.url, '/ws', { authorization: `Bearer ${stage.keys.viewer}` })).status).toBe(101);
    expect((await knock(stage.url, '/ws', { cookie })).status).toBe(101);
  });

  it.each([
    ['a stranger', '/ws', {}, 'unauthenticated'],
    ['a wrong key', '/ws', { 'x-api-key': 'brk_wrong' }, 'unauthenticated'],
    ['a wrong ticket', '/ws?ticket=wrong', {}, 'unauthenticated'],
    ['a page of another origin', '/ws', { origin: 'https://evil.example' }, 'foreign_origin'],
    ['another path', '/elsewhere', {}, 'not_found'],
  ])('refuses %s with a problem, before the upgrade', async (_who, path, headers, code) => {
    expect(problemIn(await knock(stage.url, path, headers)).code).toBe(code);
  });

  it('refuses a page of another origin even with a session, which its browser might send', async () => {
    const { cookie } = await openSession(stage.keys.admin);
    const answer = await knock(stage.url, '/ws', { cookie, origin: 'https://evil.example' });
    expect(problemIn(answer).code).toBe('foreign_origin');
  });
});

closeBook('sessions-routes');
