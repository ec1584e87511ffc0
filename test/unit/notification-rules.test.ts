import { describe, expect, it } from 'vitest';
import type { ChannelTarget } from '../../src/contracts/notification.ts';
import {
  destinationOf,
  nextAttemptAt,
  noticeOf,
  objectionTo,
  pauseMsMax,
  reminderOf,
  wants,
} from '../../src/orchestrator/notifiers/rules.ts';

const escalation = {
  escalationId: 'esc_1',
  kind: 'human_requested',
  subject: 'cto',
  title: 'May I?',
  reason: 'Because',
  priority: 'critical',
};

describe('a notice', () => {
  it('comes of an escalation', () => {
    expect(noticeOf({ eventType: 'escalation_created', payload: escalation })).toEqual({
      cause: 'esc_1',
      kind: 'human_requested',
      severity: 'critical',
      title: 'An agent asks you: May I?',
      text: 'Because',
      subject: { type: 'escalation', id: 'esc_1', about: 'cto' },
    });
  });

  it('comes of a domain request', () => {
    const payload = {
      requestId: 'dmr_1',
      domain: 'api.example.com',
      requestedBy: 'cmo',
      reason: 'For the news',
      suggestedCategory: 'api',
      securityScore: 60,
    };
    expect(noticeOf({ eventType: 'domain_requested', payload })).toMatchObject({
      cause: 'dmr_1',
      kind: 'domain_request',
      title: 'cmo asks for api.example.com',
      text: 'For the news\n(name scored 60 of 100, suggested category api)',
    });
  });

  it.each(['escalation_resolved', 'task_created', 'domain_approved'] as const)('does not come of %s', (eventType) => {
    expect(noticeOf({ eventType, payload: escalation })).toBeUndefined();
  });

  it.each([
    ['a\r\nBcc: everybody@example.com', 'a Bcc: everybody@example.com'],
    ['evil \u202egnp.exe', 'evil gnp.exe'],
    ['bell\u0007 and \u001b[31mred', 'bell and [31mred'],
  ])('has a title of one line, and nothing that a terminal or a mail obeys: %j', (title, shown) => {
    const notice = noticeOf({ eventType: 'escalation_created', payload: { ...escalation, title, reason: title } });
    expect(notice?.title).toBe(`An agent asks you: ${shown}`);
    for (const obeyed of ['\r', '\u202e', '\u0007', '\u001b']) expect(notice?.text).not.toContain(obeyed);
  });

  it('is short enough for every channel, whatever an agent writes, and cuts no character in half', () => {
    const endless = '😀'.repeat(10_000);
    const payload = { ...escalation, title: endless, reason: endless };
    const notice = noticeOf({ eventType: 'escalation_created', payload });
    expect([[...(notice?.title ?? '')].length, [...(notice?.text ?? '')].length]).toEqual([200, 3_000]);
    expect(notice?.text.isWellFormed()).toBe(true);
  });
});

const waiting = {
  id: 'esc_1',
  kind: 'human_requested' as const,
  subject: 'cto',
  title: 'May I?',
  reason: 'Because',
  priority: 'normal' as const,
  createdAt: 1_000,
};

it.each<[number, string | undefined]>([
  [0, undefined],
  [99, undefined],
  [100, 'esc_1/reminder/1'],
  [199, 'esc_1/reminder/1'],
  [250, 'esc_1/reminder/2'],
  [799, 'esc_1/reminder/7'],
  [800, undefined],
  [-500, undefined],
])('after %i ms of a timeout of 100 ms the reminder is %s', (passed, cause) => {
  expect(reminderOf(waiting, { now: 1_000 + passed, timeoutMs: 100 })?.cause).toBe(cause);
});

const wishes = { enabled: true, severities: ['critical' as const], kinds: ['decision' as const, 'test' as const] };
it.each([
  ['what it wants', {}, true],
  ['another severity', { severities: ['high' as const] }, false],
  ['another kind', { kinds: ['agent_failed' as const] }, false],
  ['anything while it is off', { enabled: false }, false],
])('a channel and %s', (_what, change, expected) => {
  expect(wants({ ...wishes, ...change }, { severity: 'critical', kind: 'decision' })).toBe(expected);
});

describe('the next attempt', () => {
  const patience = { retryMs: 10, windowMs: 86_400_000 };
  const failed = { triedSince: 0, askedMs: 0, chance: 1 };

  it.each([
    [0, 10],
    [7, 17],
    [40, 80],
    [1_000_000, 2_000_000],
    [20_000_000, 20_000_000 + pauseMsMax],
  ])('after %i ms is at %i ms: as long again, up to a bound', (now, at) => {
    expect(nextAttemptAt({ ...failed, now }, patience)).toBe(at);
  });

  it('is spread over half of its pause', () => {
    expect(nextAttemptAt({ ...failed, now: 1_000, chance: 0 }, patience)).toBe(1_500);
    expect(nextAttemptAt({ ...failed, now: 1_000, chance: 0.5 }, patience)).toBe(1_750);
  });

  it('is not before the receiver asked for, nor later than any pause for it', () => {
    expect(nextAttemptAt({ ...failed, now: 10, askedMs: 5_000 }, patience)).toBe(5_010);
    expect(nextAttemptAt({ ...failed, now: 10, askedMs: 9e12 }, patience)).toBe(10 + pauseMsMax);
  });

  it('is none beyond the window', () => {
    expect(nextAttemptAt({ ...failed, now: 86_400_000 - 1_000 }, patience)).toBeUndefined();
  });

  it('ends: a receiver that never comes back costs a few dozen attempts', () => {
    let attempts = 1;
    let now: number | undefined = 0;
    while (now !== undefined) {
      now = nextAttemptAt({ ...failed, now, chance: 0 }, { retryMs: 10_000, windowMs: 86_400_000 });
      attempts += 1;
    }
    expect(attempts).toBeLessThan(50);
    expect(attempts).toBeGreaterThan(15);
  });

  it('comes although somebody has set the clock back', () => {
    expect(nextAttemptAt({ ...failed, triedSince: 1_000_000, now: 0 }, patience)).toBe(10);
  });
});

const mail: ChannelTarget = {
  kind: 'email',
  host: 'mail.example.com',
  port: 587,
  tls: 'starttls',
  from: 'a@example.com',
  to: ['b@example.com', 'c@example.com'],
};
it.each<[string, ChannelTarget, string]>([
  ['webhook', { kind: 'webhook', url: 'https://x.example:8443/hush?hush=1#hush' }, 'https://x.example:8443/…'],
  ['slack', { kind: 'slack', url: 'https://hooks.example.com/T/B/hush' }, 'https://hooks.example.com/…'],
  [
    'telegram',
    { kind: 'telegram', url: 'https://api.telegram.org', botToken: 'hush', chatId: '@board' },
    'https://api.telegram.org, chat @board',
  ],
  ['email', { ...mail, user: 'u', password: 'hush' }, 'b@example.com, c@example.com by mail.example.com:587'],
])('where a %s leads is shown without what is secret', (_kind, target, shown) => {
  expect(destinationOf(target)).toBe(shown);
});

it.each<[string, ChannelTarget, boolean, string | undefined]>([
  ['https', { kind: 'slack', url: 'https://x.example/' }, false, undefined],
  ['http outside', { kind: 'slack', url: 'http://x.example/' }, false, 'plain HTTP'],
  ['http inside', { kind: 'slack', url: 'http://10.0.0.1/' }, true, undefined],
  ['mail with TLS', mail, false, undefined],
  ['mail without TLS outside', { ...mail, tls: 'none' }, false, 'without TLS'],
  ['mail without TLS inside', { ...mail, tls: 'none' }, true, undefined],
  ['a user without a password', { ...mail, user: 'u' }, false, 'come together'],
])('a target of %s', (_what, target, allowPrivate, objection) => {
  const given = objectionTo(target, allowPrivate);
  if (objection === undefined) expect(given).toBeUndefined();
  else expect(given).toContain(objection);
});
