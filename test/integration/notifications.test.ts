import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EscalationKind } from '../../src/contracts/escalation.ts';
import { webhookBodySchema } from '../../src/contracts/notification.ts';
import { system } from '../../src/orchestrator/events/work.ts';
import { createChannelService } from '../../src/orchestrator/notifiers/channels.ts';
import { createNotificationService, type NotificationService } from '../../src/orchestrator/notifiers/service.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import { createPostgres, type Postgres } from '../../src/orchestrator/platform/postgres.ts';
import { createSealer } from '../../src/orchestrator/platform/sealing.ts';
import { startBoardroom, type TestBoardroom } from '../support/boardroom.ts';
import { testLimits } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { raiseEscalations } from '../support/http-escalations.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { describeRedis, type RedisServer, startRedis } from '../support/redis.ts';
import { type TeamDatabase, teamOn } from '../support/team-services.ts';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.stop());
beforeEach(() => {
  receiver.received.length = 0;
});

const quickly = { NOTIFY_RETRY_MS: '50', NOTIFY_TIMEOUT_MS: '10000', NOTIFY_WINDOW_MS: '20000' };
let raised = 0;
async function raise(databaseUrl: string, count = 1, kind: EscalationKind = 'human_requested'): Promise<string[]> {
  raised += 1;
  const one = {
    kind,
    subject: `cto-${raised}`,
    title: 'May I?',
    reason: 'I would like to',
    priority: 'normal' as const,
  };
  return raiseEscalations(
    databaseUrl,
    system,
    Array.from({ length: count }, () => one),
  );
}
const add = async (boardroom: TestBoardroom, body: object) => {
  const { status, body: answer } = await boardroom.call('POST', '/notifications/channels', { body });
  expect(status, JSON.stringify(answer)).toBe(201);
};
const toReceiver = (name: string) => ({
  name,
  target: { kind: 'webhook', url: `${receiver.url}/${name}` },
  allowPrivate: true,
});
const requestsFor = (name: string) => receiver.received.filter(({ path }) => path === `/${name}`);
const subjectsOf = (name: string) =>
  requestsFor(name).map(({ text }) => webhookBodySchema.parse(JSON.parse(text)).subject.id);
const heard = (name: string, ids: readonly string[]) =>
  eventually(() => (ids.every((id) => subjectsOf(name).includes(id)) ? true : undefined), {
    what: `${ids.length} escalations at the receiver`,
    withinMs: 20_000,
  });

describe('several replicas on one database', () => {
  it('send each notification once, whoever raised what where', async () => {
    // An attempt that a busy machine takes for a failure is made again, as it should be; this is about those that are not.
    const calmly = { ...quickly, NOTIFY_TIMEOUT_MS: '10000', BOARDROOM_ENCRYPTION_KEY: 'k'.repeat(40) };
    const first = await startBoardroom(calmly);
    const second = await startBoardroom({
      ...calmly,
      DATABASE_URL: first.databaseUrl,
      GATEWAY_PORT: String(await freePort()),
    });
    await add(second, toReceiver('shared'));
    const ids = (await Promise.all([raise(first.databaseUrl, 30), raise(first.databaseUrl, 30)])).flat();
    await heard('shared', ids);
    await second.close();
    await first.dispose();
    expect(subjectsOf('shared')).toHaveLength(ids.length);
  });

  it('say so when their keys differ, and send nothing they could not read', async () => {
    const first = await startBoardroom({ ...quickly, BOARDROOM_ENCRYPTION_KEY: 'a'.repeat(40) });
    await add(first, toReceiver('foreign'));
    await first.close();
    const second = await startBoardroom({
      ...quickly,
      BOARDROOM_ENCRYPTION_KEY: 'b'.repeat(40),
      DATABASE_URL: first.databaseUrl,
    });
    const { body } = await second.call('POST', '/notifications/channels/foreign/test', {});
    expect(body.notification.lastError).toContain('BOARDROOM_ENCRYPTION_KEY');
    await second.close();
    await first.dispose();
    expect(requestsFor('foreign')).toEqual([]);
  });
});

describeRedis('with the queue on Redis', () => {
  let redis: RedisServer;
  let boardroom: TestBoardroom;
  beforeAll(async () => {
    redis = await startRedis();
    boardroom = await startBoardroom({ ...quickly, REDIS_URL: redis.url });
    await add(boardroom, toReceiver('redis'));
  });
  afterAll(async () => {
    await boardroom.dispose();
    await redis.stop();
  });

  it('what waits for a human is told before, during and after an outage of Redis, once', async () => {
    const ids = await raise(boardroom.databaseUrl, 3);
    await heard('redis', ids);
    await redis.stop();
    ids.push(...(await raise(boardroom.databaseUrl, 3)));
    await heard('redis', ids);
    await redis.start();
    ids.push(...(await raise(boardroom.databaseUrl, 3)));
    await heard('redis', ids);
    expect(subjectsOf('redis')).toHaveLength(ids.length);
  });

  it('a retry that Redis has forgotten is made all the same', async () => {
    receiver.answer(503);
    const [id = ''] = await raise(boardroom.databaseUrl);
    await heard('redis', [id]);
    await redis.stop();
    await redis.start();
    receiver.answer(204);
    const { body } = await eventually(async () => {
      const answer = await boardroom.call('GET', '/notifications?status=sent&limit=1');
      return answer.body.notifications[0]?.subject.id === id ? answer : undefined;
    });
    expect(body.notifications[0].attempts).toBeGreaterThan(1);
  });
});

describe('mail', () => {
  let mail: MailServer;
  let boardroom: TestBoardroom;
  const target = () => ({
    kind: 'email',
    host: '127.0.0.1',
    port: mail.port,
    tls: 'none',
    user: 'boardroom',
    password: 'hush-hush',
    from: 'board@example.com',
    to: ['human@example.com'],
  });
  beforeAll(async () => {
    mail = await startMailServer({ user: 'boardroom', password: 'hush-hush', offersTls: true });
    boardroom = await startBoardroom(quickly);
  });
  afterAll(async () => {
    await boardroom.dispose();
    await mail.stop();
  });
  const tried = async (body: object) => {
    await add(boardroom, { name: 'mail', severities: ['critical'], allowPrivate: true, ...body });
    const answer = await boardroom.call('POST', '/notifications/channels/mail/test', {});
    return answer.body.notification;
  };

  it('arrives as plain text under the notification’s id', async () => {
    const { status, id } = await tried({ target: target() });
    expect(status).toBe('sent');
    expect(mail.mails[0]).toContain(`Message-ID: <${id}@boardroom.invalid>`);
    expect(mail.mails[0]).toContain('Subject: [Boardroom, normal] Boardroom can reach you here');
    expect(mail.mails[0]).not.toContain('text/html');
  });

  it.each([
    [450, 'the mail server answered 450'],
    [550, 'the mail server answered 550'],
  ])('that is refused with %i says so', async (code, lastError) => {
    mail.refuse(code);
    expect(await tried({ target: target() })).toMatchObject({ status: 'failed', lastError });
    mail.refuse(undefined);
  });

  it('with a wrong password says so, without it', async () => {
    const failed = await tried({ target: { ...target(), password: 'wrong-hush' } });
    expect(failed.lastError).toMatch(/the mail server (answered 535|does not accept)/);
    expect(JSON.stringify(failed)).not.toContain('hush');
  });

  it('is not entrusted to a server whose certificate nobody vouches for, nor to one without TLS', async () => {
    const before = mail.logins.length;
    expect((await tried({ target: { ...target(), tls: 'starttls' } })).status).toBe('failed');
    expect(mail.logins).toHaveLength(before);
    const bare = await startMailServer({ user: 'boardroom', password: 'hush-hush', offersTls: false });
    expect((await tried({ target: { ...target(), port: bare.port, tls: 'starttls' } })).status).toBe('failed');
    expect([...bare.logins, ...bare.mails]).toEqual([]);
    await bare.stop();
  });
});

describe('chats', () => {
  let boardroom: TestBoardroom;
  beforeAll(async () => {
    boardroom = await startBoardroom(quickly);
  });
  afterAll(() => boardroom.dispose());

  it('get words of agents as words: no links, no calls to a whole channel', async () => {
    await add(boardroom, {
      name: 'slack',
      target: { kind: 'slack', url: `${receiver.url}/slack` },
      allowPrivate: true,
    });
    const text = '<!channel> <https://evil.example|click> & more';
    const [id = ''] = await raiseEscalations(boardroom.databaseUrl, system, [
      { kind: 'human_requested', subject: 'cto', title: `a\nb\u202e ${text}`, reason: text, priority: 'critical' },
    ]);
    await eventually(() => requestsFor('slack')[0]);
    expect(id).not.toBe('');
    const sent = JSON.parse(requestsFor('slack')[0]?.text ?? '').text;
    expect(sent).toContain('[critical] An agent asks you: a b &lt;!channel&gt;');
    expect(sent).not.toMatch(/[<>\u202e]/);
  });

  it('of the Telegram kind get chat and text at the bot’s address', async () => {
    const botToken = `123456:${'x'.repeat(35)}`;
    const target = { kind: 'telegram', botToken, chatId: '-100', url: receiver.url };
    await add(boardroom, { name: 'telegram', target, allowPrivate: true });
    await boardroom.call('POST', '/notifications/channels/telegram/test', {});
    const [request] = requestsFor(`bot${botToken}/sendMessage`);
    expect(JSON.parse(request?.text ?? '')).toMatchObject({
      chat_id: '-100',
      text: expect.stringContaining('reach you'),
    });
  });
});

describe('a reminder', () => {
  let boardroom: TestBoardroom;
  let team: TeamDatabase;
  let postgres: Postgres;
  let notifications: NotificationService;
  beforeAll(async () => {
    boardroom = await startBoardroom(quickly);
    team = await teamOn(boardroom.databaseUrl);
    postgres = createPostgres(boardroom.databaseUrl, testLimits, () => undefined);
    const common = { ...team.services, postgres, chance };
    notifications = createNotificationService({
      ...common,
      channels: createChannelService({ ...common, sealer: createSealer('unused', chance) }),
      onMade: () => undefined,
      deliver: () => Promise.reject(new Error('left to the sweep')),
      claimMs: 1_000,
    });
    await add(boardroom, toReceiver('reminded'));
  });
  afterAll(async () => {
    await postgres.close();
    await team.close();
    await boardroom.dispose();
  });
  const hourMs = 3_600_000;
  /** As the leader's scheduler does; what it makes, the sweep finds. */
  const remind = (now: number): Promise<number> => notifications.remind(now);

  it('is made once for each timeout that passed, seven times at most, and not for what is answered', async () => {
    const [id = ''] = await raise(boardroom.databaseUrl);
    await heard('reminded', [id]);
    const { rows } = await postgres.pool.query('select created_at as at from escalations where id = $1', [id]);
    const at = (rows[0].at as Date).getTime();
    const made = async (hours: number) => remind(at + hours * hourMs);
    expect(await made(23)).toBe(0);
    expect((await Promise.all([made(24), made(25)])).reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await made(47)).toBe(0);
    // Three days nobody looked: one reminder, not three.
    expect(await made(24 * 5)).toBe(1);
    expect(await made(24 * 8)).toBe(0);
    await boardroom.call('POST', '/settings/escalation/timeout_normal', { body: { value: 60 * 60 } });
    expect(await made(2.5)).toBe(1);
    await boardroom.call('POST', `/escalations/${id}/resolve`, { body: { resolution: 'yes' } });
    expect(await made(3.5)).toBe(0);
    const titles = await eventually(() => {
      const all = requestsFor('reminded').map(({ text }) => webhookBodySchema.parse(JSON.parse(text)));
      return all.length >= 4 ? all.map(({ title }) => title) : undefined;
    });
    expect(titles).toContain('Still waiting (5 of 7): May I?');
  });
});

it('who is closed while a receiver takes its time waits a moment for it, and nobody sends it again', async () => {
  const environment = { ...quickly, BOARDROOM_ENCRYPTION_KEY: 'k'.repeat(40) };
  const first = await startBoardroom(environment);
  await add(first, toReceiver('slow'));
  receiver.answerAfter(400);
  const ids = await raise(first.databaseUrl);
  await heard('slow', ids);
  await first.close();
  const second = await startBoardroom({ ...environment, DATABASE_URL: first.databaseUrl });
  const { body } = await second.call('GET', '/notifications');
  expect(body.notifications).toEqual([expect.objectContaining({ status: 'sent', attempts: 1 })]);
  await second.close();
  await first.dispose();
  receiver.answerAfter(0);
  expect(subjectsOf('slow')).toEqual(ids);
});
