import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { webhookBodySchema } from '../../../src/contracts/notification.ts';
import { system } from '../../../src/orchestrator/events/work.ts';
import { createAnswerLinks } from '../../../src/orchestrator/notifiers/answer-links.ts';
import { createPostgres } from '../../../src/orchestrator/platform/postgres.ts';
import { testLimits } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { closeBook } from '../../support/http-coverage.ts';
import { type CutStage, openCutStage } from '../../support/http-cut-stage.ts';
import { raiseEscalations } from '../../support/http-escalations.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';
import { sendRaw } from '../../support/wire.ts';

const publicUrl = 'https://board.example';
const key = 'k'.repeat(40);
let stage: CutStage;
let receiver: Receiver;
beforeAll(async () => {
  stage = await openCutStage({ BOARDROOM_PUBLIC_URL: publicUrl, BOARDROOM_ENCRYPTION_KEY: key });
  receiver = await startReceiver();
});
afterAll(async () => {
  await stage.dispose();
  await receiver.stop();
});

const channel = (change: object = {}) =>
  stage.ok('addChannel', {
    body: {
      name: 'phone',
      target: { kind: 'webhook', url: `${receiver.url}/phone` },
      allowPrivate: true,
      answerLinks: true,
      ...change,
    },
  });
beforeEach(() => channel());

/** The token of the link that the channel got for this escalation. */
const tokenFor = (id: string) =>
  eventually(() => {
    const bodies = receiver.received.map(({ text }) => webhookBodySchema.parse(JSON.parse(text)));
    const link = bodies.find(({ subject }) => subject.id === id)?.link;
    return link?.startsWith(`${publicUrl}/answers/`) === true ? link.slice(`${publicUrl}/answers/`.length) : undefined;
  });
let asked = 0;
async function ask(title = 'May I?', reason = 'Because'): Promise<{ id: string; token: string }> {
  asked += 1;
  const escalation = {
    kind: 'agent_failed' as const,
    subject: `cmo-${asked}`,
    title,
    reason,
    priority: 'high' as const,
  };
  const [id = ''] = await raiseEscalations(stage.databaseUrl, system, [escalation]);
  return { id, token: await tokenFor(id) };
}
async function escalateDecision(): Promise<{ id: string; token: string }> {
  const { id } = await stage.ok('proposeDecision', { body: { title: 'Buy a boat' } });
  const { decision } = await stage.ok('escalateDecision', { params: { id }, body: { reason: 'Too big for us' } });
  return { id, token: await tokenFor(decision.escalation?.id ?? '') };
}
const form = (fields: Record<string, string>) => ({
  text: String(new URLSearchParams(fields)),
  contentType: 'application/x-www-form-urlencoded',
  key: null,
});
const answer = (token: string, fields: Record<string, string>) =>
  stage.ask('giveAnswer', { params: { token }, ...form(fields) });
const look = (token: string) => stage.ask('showQuestion', { params: { token }, key: null });
const escalation = async (id: string, status = 'resolved') =>
  (await stage.ok('listEscalations', { query: { status, limit: 200 } })).escalations.find((each) => each.id === id);

describe('a link', () => {
  it('shows what is asked, as text, on a page that loads and runs nothing', async () => {
    const { token } = await ask('<script>alert(1)</script>', '"><img src=x onerror=alert(1)> & more');
    const { status, headers, text } = await look(token);
    expect(status).toBe(200);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain('&quot;&gt;&lt;img src=x onerror=alert(1)&gt; &amp; more');
    expect(text).not.toMatch(/<(script|img|link|style|iframe)/);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('is only looked at by what only looks, however often', async () => {
    const { id, token } = await ask();
    for (const method of ['GET', 'HEAD', 'GET', 'OPTIONS'])
      await stage.send(method, `/answers/${token}`, { key: null });
    expect(await escalation(id, 'open')).toMatchObject({ status: 'open' });
  });

  it('answers once, in the name of its channel; a second use says so and changes nothing', async () => {
    const { id, token } = await ask();
    expect((await answer(token, { verdict: 'answer', words: 'Restart it' })).text).toContain('Your answer is noted');
    expect(await escalation(id)).toMatchObject({ resolvedBy: 'channel:phone', resolution: 'Restart it' });
    const params = { token };
    const again = { params, ...form({ verdict: 'answer', words: 'No, do not' }) };
    expect((await stage.refusal('giveAnswer', 'answer_link_used', again)).detail).toContain(
      'channel:phone: Restart it',
    );
    await stage.refusal('showQuestion', 'answer_link_used', { params });
    expect(await escalation(id)).toMatchObject({ resolution: 'Restart it' });
  });

  it('is used once by many at the same moment', async () => {
    const { id, token } = await ask();
    const tries = ['a', 'b', 'c', 'd', 'e'].map((words) => answer(token, { verdict: 'answer', words }));
    const outcomes = (await Promise.all(tries)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 200)).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'answer_link_used')).toHaveLength(4);
    const { events } = await stage.ok('listEvents', { query: { type: 'escalation_resolved', limit: 200 } });
    expect(events.filter(({ payload }) => payload['escalationId'] === id)).toHaveLength(1);
  });

  test.each(['approve', 'reject'] as const)('of a decision can %s it, and what follows follows', async (verdict) => {
    const { id, token } = await escalateDecision();
    const page = (await look(token)).text;
    expect(page).toContain('value="approve"');
    expect(page).toContain('value="reject"');
    expect((await answer(token, { verdict, words: 'So be it' })).status).toBe(200);
    const decision = await stage.ok('getDecision', { params: { id } });
    expect(decision.status).toBe(verdict === 'approve' ? 'approved' : 'rejected');
    const { events } = await stage.ok('listEvents', { query: { type: 'decision_resolved', limit: 200 } });
    expect(events.find(({ payload }) => payload['decisionId'] === id)?.payload['actor']).toBe('channel:phone');
  });

  it('takes no answer of the wrong kind', async () => {
    const decision = await escalateDecision();
    const question = await ask();
    const wrong: [string, Record<string, string>][] = [
      [decision.token, { verdict: 'answer', words: 'Hm' }],
      [question.token, { verdict: 'approve' }],
      [question.token, { verdict: 'answer', words: ' ' }],
      [question.token, { verdict: 'answer', words: 'x', surprise: 'x' }],
      [question.token, {}],
    ];
    for (const [token, fields] of wrong)
      await stage.refusal('giveAnswer', 'invalid_request', { params: { token }, ...form(fields) });
    expect(await escalation(question.id, 'open')).toBeDefined();
  });

  it('answers nothing for a page of another site, nor when it comes as JSON', async () => {
    const { id, token } = await ask();
    const foreign = { ...form({ verdict: 'answer', words: 'x' }), headers: { origin: 'https://evil.example' } };
    await stage.refusal('giveAnswer', 'foreign_origin', { params: { token }, ...foreign });
    const body = { verdict: 'answer', words: 'x' };
    await stage.refusal('giveAnswer', 'invalid_request', { params: { token }, body, key: null });
    expect(await escalation(id, 'open')).toBeDefined();
  });

  it('answers from its own page, under the public name', async () => {
    const { id, token } = await ask();
    const fields = 'verdict=answer&words=Yes';
    const { host, origin } = new URL(publicUrl);
    const lines = [
      `POST /answers/${token} HTTP/1.1`,
      `Host: ${host}`,
      `Origin: ${origin}`,
      'Connection: close',
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${fields.length}`,
    ];
    // As bytes: a client of a library would correct the host.
    expect((await sendRaw(stage.url, `${lines.join('\r\n')}\r\n\r\n${fields}`)).status).toBe(200);
    expect(await escalation(id)).toBeDefined();
  });

  it('is a page in refusals too, for who asks for pages', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const { status, text } = await stage.send('GET', '/answers/made-up', { key: null, headers });
    expect(status).toBe(404);
    expect(text).toContain('<h1>No such link</h1>');
  });

  test.each([
    ['', 'nothing'],
    ['ntf_1', 'no seal'],
    [`ntf_1.${'A'.repeat(43)}`, 'a made-up seal'],
    [`ntf_1.${'é'.repeat(43)}`, 'other letters'],
    ['a.b.c', 'more parts'],
  ])('that we did not make is none: %s (%s)', async (token) => {
    const params = { token: token || ' ' };
    await stage.refusal('showQuestion', 'answer_link_not_found', { params });
    await stage.refusal('giveAnswer', 'answer_link_not_found', { params, ...form({ verdict: 'answer', words: 'x' }) });
  });

  it('of another notification is not made of this one, and another key makes no links of ours', async () => {
    const { token } = await ask();
    const [first = '', seal = ''] = token.split('.');
    const other = await ask();
    const [second = ''] = other.token.split('.');
    await stage.refusal('showQuestion', 'answer_link_not_found', { params: { token: `${second}.${seal}` } });
    const subject = { type: 'escalation' as const, id: '', about: '' };
    const forged = createAnswerLinks('x'.repeat(40), '').linkFor({ id: first, subject }) ?? '';
    await stage.refusal('showQuestion', 'answer_link_not_found', {
      params: { token: forged.replace('/answers/', '') },
    });
  });

  it('ends after seven days', async () => {
    const { token } = await ask();
    const postgres = createPostgres(stage.databaseUrl, testLimits, () => undefined);
    await postgres.pool.query("update notifications set created_at = created_at - interval '8 days' where id = $1", [
      token.split('.')[0],
    ]);
    await postgres.close();
    const old = { params: { token }, ...form({ verdict: 'answer', words: 'x' }) };
    await stage.refusal('giveAnswer', 'answer_link_expired', old);
    await stage.refusal('showQuestion', 'answer_link_expired', { params: { token } });
  });

  test.each([
    ['removed', () => stage.ok('removeChannel', { params: { name: 'phone' } })],
    ['disabled', () => channel({ enabled: false })],
    ['without links', () => channel({ answerLinks: false })],
  ])('answers no more when its channel is %s', async (_what, change) => {
    const { id, token } = await ask();
    await change();
    const params = { params: { token }, ...form({ verdict: 'answer', words: 'x' }) };
    await stage.refusal('giveAnswer', 'answer_link_not_found', params);
    expect(await escalation(id, 'open')).toBeDefined();
  });

  it('waits with everything else while Postgres cannot be reached, and answers afterwards', async () => {
    const { id, token } = await ask();
    const params = { token };
    await stage.proxy.cut();
    await stage.refusal('showQuestion', 'dependency_unavailable', { params, key: null });
    const given = { params, ...form({ verdict: 'answer', words: 'Yes' }) };
    await stage.refusal('giveAnswer', 'dependency_unavailable', given);
    await stage.proxy.restore();
    await eventually(async () => (await stage.ask('giveAnswer', given)).outcome === 200 || undefined);
    expect(await escalation(id)).toMatchObject({ resolution: 'Yes' });
  });

  it('is given to no channel that did not ask for links', async () => {
    await channel({ answerLinks: false });
    const escalations = [
      { kind: 'agent_failed' as const, subject: 'nolink', title: 't', reason: 'r', priority: 'high' as const },
    ];
    const [id] = await raiseEscalations(stage.databaseUrl, system, escalations);
    const body = await eventually(() =>
      receiver.received
        .map(({ text }) => webhookBodySchema.parse(JSON.parse(text)))
        .find(({ subject }) => subject.id === id),
    );
    expect(body).not.toHaveProperty('link');
  });
});

closeBook('answers-routes');
