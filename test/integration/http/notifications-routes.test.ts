import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { webhookBodySchema } from '../../../src/contracts/notification.ts';
import { system } from '../../../src/orchestrator/events/work.ts';
import { eventually } from '../../support/eventually.ts';
import { closeBook } from '../../support/http-coverage.ts';
import { raiseEscalations } from '../../support/http-escalations.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';

let stage: Stage;
let receiver: Receiver;
let database: pg.Pool;
beforeAll(async () => {
  stage = await openStage({ NOTIFY_RETRY_MS: '50', NOTIFY_WINDOW_MS: '400', NOTIFY_TIMEOUT_MS: '5000' });
  receiver = await startReceiver();
  database = new pg.Pool({ connectionString: stage.databaseUrl });
});
afterAll(async () => {
  await database.end();
  await stage.dispose();
  await receiver.stop();
});
beforeEach(async () => {
  receiver.answer(204);
  await receiver.start();
});

const webhook = (path = '/hook') => ({ kind: 'webhook', url: `${receiver.url}${path}`, secret });
const secret = 'a-secret-of-the-receiver';
const add = (body: object) => stage.ok('addChannel', { body });
const remove = (name: string) => stage.ok('removeChannel', { params: { name } });
const listed = async (channel: string) =>
  (await stage.ok('listNotifications', { query: { limit: 200 } })).notifications.filter(
    (each) => each.channel === channel,
  );
let raised = 0;
async function raise(priority: 'critical' | 'high' | 'normal' = 'high'): Promise<string> {
  raised += 1;
  const escalation = {
    kind: 'agent_failed' as const,
    subject: `cmo-${raised}`,
    title: 'It fell',
    reason: 'Five times',
  };
  const [id] = await raiseEscalations(stage.databaseUrl, system, [{ ...escalation, priority }]);
  return id ?? '';
}
/** What receivers are told to do, as it stands there. */
async function checkOfReadme(): Promise<(headers: object, rawBody: string, secret: string) => boolean> {
  const code = /```js\n([\s\S]*?isGenuine[\s\S]*?)```/.exec(await readFile('README.md', 'utf8'))?.[1] ?? '';
  const module = await import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
  return module.isGenuine;
}
const told = (path: string) => receiver.received.filter((each) => each.path === path);
const settled = (channel: string, status: string) =>
  eventually(async () => (await listed(channel)).find((each) => each.status === status), {
    what: `${channel} ${status}`,
  });

describe('a channel', () => {
  it('is set up, seen without its secrets, replaced by its name, and removed; the log tells', async () => {
    const { channel, secret: made } = await add({
      name: 'phone',
      target: { kind: 'slack', url: 'https://hooks.example.com/services/T0/B0/hushhush' },
      severities: ['critical'],
      enabled: false,
    });
    expect(made).toBeUndefined();
    expect(channel).toMatchObject({
      destination: 'https://hooks.example.com/…',
      severities: ['critical'],
      enabled: false,
    });
    const again = await add({
      name: 'phone',
      target: { kind: 'telegram', botToken: `123456:${'hush'.repeat(8)}`, chatId: '-100200' },
      enabled: false,
    });
    expect(again.channel).toMatchObject({ kind: 'telegram', destination: 'https://api.telegram.org, chat -100200' });
    const { channels } = await stage.ok('listChannels');
    expect(channels.filter(({ name }) => name === 'phone')).toEqual([again.channel]);
    await remove('phone');
    await stage.refusal('removeChannel', 'channel_not_found', { params: { name: 'phone' } });
    await stage.refusal('testChannel', 'channel_not_found', { params: { name: 'phone' } });
    const { text } = await stage.send('GET', '/events?limit=200');
    expect(text).toContain('channel_changed');
    expect(text).toContain('channel_removed');
    expect(text).not.toContain('hush');
  });

  it('is shown the secret that was made for it in that one answer, and it is at rest in nobody’s sight', async () => {
    const { secret: made = '' } = await add({
      name: 'made',
      target: { kind: 'webhook', url: `${receiver.url}/made` },
      allowPrivate: true,
    });
    expect(made).toMatch(/^whs_[\w-]{43}$/);
    expect((await stage.send('GET', '/notifications/channels')).text).not.toContain(made);
    const { rows } = await database.query('select row_to_json(c)::text as row from notification_channels c');
    for (const { row } of rows) {
      expect(row).not.toContain(made);
      expect(row).not.toContain('/made');
    }
    const { notification } = await stage.ok('testChannel', { params: { name: 'made' } });
    expect(notification).toMatchObject({ status: 'sent', kind: 'test', attempts: 1, lastError: null });
    const [request] = told('/made');
    expect(request?.headers['x-boardroom-signature']).toBe(
      `v1=${createHmac('sha256', made).update(`${request?.headers['x-boardroom-timestamp']}.${request?.text}`).digest('hex')}`,
    );
    await remove('made');
  });

  test.each<[string, object]>([
    ['plain HTTP', { kind: 'slack', url: 'http://hooks.example.com/x' }],
    ['a user in the URL', { kind: 'slack', url: 'https://me:pass@hooks.example.com/x' }],
    [
      'mail without TLS',
      { kind: 'email', host: 'mail.example.com', from: 'a@example.com', to: ['b@example.com'], tls: 'none' },
    ],
    [
      'half of the credentials',
      { kind: 'email', host: 'mail.example.com', from: 'a@example.com', to: ['b@example.com'], user: 'me' },
    ],
    ['a scheme of its own', { kind: 'slack', url: 'file:///etc/passwd' }],
    ['an unknown kind', { kind: 'pigeon' }],
  ])('is refused for %s', async (_what, target) => {
    await stage.refusal('addChannel', 'invalid_request', { body: { name: 'bad', target } });
  });

  it('says in its test why it fails, without the path that is secret', async () => {
    receiver.answer(500);
    await add({ name: 'ill', target: webhook('/hush'), allowPrivate: true });
    const failed = (await stage.ok('testChannel', { params: { name: 'ill' } })).notification;
    expect(failed).toMatchObject({ status: 'failed', lastError: 'the receiver answered 500', attempts: 1 });
    await receiver.stop();
    const refused = (await stage.ok('testChannel', { params: { name: 'ill' } })).notification;
    expect(refused).toMatchObject({ status: 'failed', lastError: 'the receiver refuses connections' });
    await receiver.start();
    receiver.answer(302, { location: `${receiver.url}/elsewhere` });
    expect((await stage.ok('testChannel', { params: { name: 'ill' } })).notification.lastError).toBe(
      'the receiver answered 302',
    );
    expect(told('/elsewhere')).toEqual([]);
    receiver.answer('hang');
    expect((await stage.ok('testChannel', { params: { name: 'ill' } })).notification.lastError).toBe(
      'it took too long',
    );
    expect((await stage.send('GET', '/notifications')).text).not.toContain('hush');
    await remove('ill');
  });

  test.each(['https://127.0.0.1:1/x', 'https://localhost:1/x', 'https://[::1]:1/x', 'https://169.254.169.254/x'])(
    'does not reach inside unless it says so: %s',
    async (url) => {
      await add({ name: 'inside', target: { kind: 'slack', url } });
      const { notification } = await stage.ok('testChannel', { params: { name: 'inside' } });
      expect(notification.lastError).toBe('its address is private, and the channel does not say allowPrivate');
      await remove('inside');
    },
  );
});

describe('an escalation', () => {
  it('is told to each channel once, signed as the README says', async () => {
    await add({ name: 'one', target: webhook('/one'), allowPrivate: true });
    await add({ name: 'two', target: webhook('/two'), allowPrivate: true });
    const id = await raise();
    const { id: sent } = await settled('one', 'sent');
    await settled('two', 'sent');
    const [request] = told('/one');
    const body = webhookBodySchema.parse(JSON.parse(request?.text ?? ''));
    expect(body).toMatchObject({
      id: sent,
      kind: 'agent_failed',
      severity: 'high',
      title: 'An agent failed: It fell',
      text: 'Five times',
      subject: { type: 'escalation', id },
    });
    expect(request?.headers['idempotency-key']).toBe(sent);
    const timestamp = String(request?.headers['x-boardroom-timestamp']);
    expect(Math.abs(Date.now() / 1_000 - Number(timestamp))).toBeLessThan(60);
    const isGenuine = await checkOfReadme();
    const { headers = {}, text = '' } = request ?? {};
    expect(isGenuine(headers, text, secret)).toBe(true);
    expect(isGenuine(headers, `${text} `, secret)).toBe(false);
    expect(isGenuine(headers, text, `${secret}!`)).toBe(false);
    const later = { ...headers, 'x-boardroom-timestamp': String(Number(timestamp) + 1) };
    expect(isGenuine(later, text, secret)).toBe(false);
    const { 'x-boardroom-signature': _signature, ...unsigned } = headers;
    expect(isGenuine(unsigned, text, secret)).toBe(false);
    expect([told('/one').length, told('/two').length]).toEqual([1, 1]);
    await remove('one');
    await remove('two');
  });

  it('is told to those alone that want to know of its kind and priority', async () => {
    await add({ name: 'urgent', target: webhook('/urgent'), allowPrivate: true, severities: ['critical'] });
    await add({ name: 'domains', target: webhook('/domains'), allowPrivate: true, kinds: ['domain_request'] });
    await add({ name: 'off', target: webhook('/off'), allowPrivate: true, enabled: false });
    await raise('normal');
    await raise('critical');
    await settled('urgent', 'sent');
    expect(told('/urgent')).toHaveLength(1);
    expect([...(await listed('domains')), ...(await listed('off'))]).toEqual([]);
    for (const name of ['urgent', 'domains', 'off']) await remove(name);
  });

  it('is tried until its window ends, then visible as failed, told in the log, and tried again on demand', async () => {
    receiver.answer(503);
    await add({ name: 'down', target: webhook('/down'), allowPrivate: true });
    await raise();
    const failed = await settled('down', 'failed');
    expect(failed).toMatchObject({ lastError: 'the receiver answered 503', nextAttemptAt: null, sentAt: null });
    expect(failed.attempts).toBeGreaterThan(1);
    const { events } = await stage.ok('listEvents', { query: { type: 'notification_failed' } });
    expect(events[0]?.payload).toMatchObject({ notificationId: failed.id, channel: 'down', reason: failed.lastError });
    const ids = new Set(told('/down').map(({ headers }) => headers['idempotency-key']));
    expect(ids).toEqual(new Set([failed.id]));
    expect(new Set(told('/down').map(({ text }) => text)).size).toBe(1);
    receiver.answer(200);
    const { notification } = await stage.ok('retryNotification', { params: { id: failed.id } });
    expect(notification.status).toBe('pending');
    expect(await settled('down', 'sent')).toMatchObject({ id: failed.id, lastError: null });
    await stage.refusal('retryNotification', 'notification_not_failed', { params: { id: failed.id } });
    await remove('down');
  });

  it('fails with the channel that is removed, and cannot be retried without it', async () => {
    receiver.answer('hang');
    await add({ name: 'brief', target: webhook('/brief'), allowPrivate: true });
    await raise();
    await eventually(async () => (await listed('brief'))[0]);
    await remove('brief');
    const [row] = await listed('brief');
    expect(row).toMatchObject({ status: 'failed', lastError: 'the channel was removed' });
    await stage.refusal('retryNotification', 'channel_not_found', { params: { id: row?.id ?? '' } });
    await stage.refusal('retryNotification', 'notification_not_found', { params: { id: 'ntf_none' } });
  });
});

it('notifications are listed by status and page', async () => {
  const all = await stage.ok('listNotifications', { query: { limit: 200 } });
  expect(all.total).toBe(all.notifications.length);
  const [first, second] = all.notifications;
  const page = await stage.ok('listNotifications', { query: { limit: 1, before: first?.id ?? '' } });
  expect(page.notifications.map(({ id }) => id)).toEqual([second?.id]);
  const { notifications } = await stage.ok('listNotifications', { query: { status: 'sent', limit: 200 } });
  expect(notifications.length).toBeGreaterThan(0);
  expect(new Set(notifications.map(({ status }) => status))).toEqual(new Set(['sent']));
});

closeBook('notifications-routes');
