import { escalationKindSchema, escalationPrioritySchema } from '../../contracts/escalation.ts';
import type { BoardroomEvent } from '../../contracts/event.ts';
import type { ChannelTarget, NotificationKind, NotificationSubject, Severity } from '../../contracts/notification.ts';

/** Something that a human should know of, before it is known who is told. */
export interface Notice {
  /** The same for the same thing: no channel is told twice of one cause. */
  readonly cause: string;
  readonly kind: NotificationKind;
  readonly severity: Severity;
  readonly title: string;
  readonly text: string;
  readonly subject: NotificationSubject;
}

/** Agents write these; nobody reads a novel on a telephone, and chats take no more than 4,096 characters. */
const titleMax = 200;
const textMax = 3_000;

/** The notice that an event gives cause for; undefined for the many that give none. */
export function noticeOf({ eventType, payload }: Pick<BoardroomEvent, 'eventType' | 'payload'>): Notice | undefined {
  const said = (key: string) => String(payload[key] ?? '');
  if (eventType === 'escalation_created') {
    return escalationNotice({
      id: said('escalationId'),
      kind: escalationKindSchema.parse(payload['kind']),
      subject: said('subject'),
      title: said('title'),
      reason: said('reason'),
      priority: escalationPrioritySchema.parse(payload['priority']),
    });
  }
  if (eventType !== 'domain_requested') return undefined;
  const domain = said('domain');
  const score = `name scored ${said('securityScore')} of 100, suggested category ${said('suggestedCategory')}`;
  return {
    cause: said('requestId'),
    kind: 'domain_request',
    severity: 'normal',
    title: titled(`${said('requestedBy')} asks for ${domain}`),
    text: shortened(`${said('reason')}\n(${score})`),
    subject: { type: 'domain_request', id: said('requestId'), about: domain },
  };
}

/** What an escalation tells of itself. */
export interface Waiting {
  readonly id: string;
  readonly kind: Exclude<NotificationKind, 'domain_request' | 'test'>;
  readonly subject: string;
  readonly title: string;
  readonly reason: string;
  readonly priority: Severity;
}

export const escalationNotice = ({ id, kind, subject, title, reason, priority }: Waiting): Notice => ({
  cause: id,
  kind,
  severity: priority,
  title: titled(`${headings[kind]}: ${title}`),
  text: shortened(reason),
  subject: { type: 'escalation', id, about: subject },
});

const headings: Readonly<Record<Waiting['kind'], string>> = {
  decision: 'A decision waits for you',
  agent_failed: 'An agent failed',
  agent_stuck: 'An agent runs in circles',
  human_requested: 'An agent asks you',
  budget_exhausted: 'A budget is spent',
};

/** Whoever let this many pass will not hear the next one. */
const remindersMax = 7;

/** The reminder that is due for what waits since `createdAt`, if any; those that were missed meanwhile are not made up for. */
export function reminderOf(
  waiting: Waiting & { readonly createdAt: number },
  { now, timeoutMs }: { now: number; timeoutMs: number },
): Notice | undefined {
  const passed = Math.floor((now - waiting.createdAt) / timeoutMs);
  if (passed < 1 || passed > remindersMax) return undefined;
  const notice = escalationNotice(waiting);
  const title = titled(`Still waiting (${passed} of ${remindersMax}): ${waiting.title}`);
  return { ...notice, cause: `${notice.cause}/reminder/${passed}`, title };
}

interface Wishes {
  readonly enabled: boolean;
  readonly severities: readonly Severity[];
  readonly kinds: readonly NotificationKind[];
}

export const wants = ({ enabled, severities, kinds }: Wishes, notice: Pick<Notice, 'severity' | 'kind'>): boolean =>
  enabled && severities.includes(notice.severity) && kinds.includes(notice.kind);

export interface Patience {
  readonly retryMs: number;
  readonly windowMs: number;
}

/** The longest pause between two attempts: a receiver that came back is noticed within it. */
export const pauseMsMax = 7_200_000;

interface Failure {
  readonly now: number;
  readonly triedSince: number;
  /** What the receiver asked for; 0 when it did not say. */
  readonly askedMs: number;
  /** From 0 up to 1. */
  readonly chance: number;
}

/**
 * When to try again: after as long as it has been tried for already, so the pauses double; between half and the whole of that,
 * so that a crowd of them does not come back as one. Undefined when that would be beyond the window.
 */
export function nextAttemptAt({ now, triedSince, askedMs, chance }: Failure, patience: Patience): number | undefined {
  const pause = Math.min(Math.max(now - triedSince, patience.retryMs), pauseMsMax);
  const at = now + Math.max(Math.round(pause * (0.5 + chance / 2)), Math.min(askedMs, pauseMsMax));
  return at - triedSince > patience.windowMs ? undefined : at;
}

/** Where a channel leads, for those who may know of it but not use it: of a URL the path is secret, too. */
export function destinationOf(target: ChannelTarget): string {
  switch (target.kind) {
    case 'webhook':
    case 'slack':
      return `${new URL(target.url).origin}/…`;
    case 'telegram':
      return `${new URL(target.url).origin}, chat ${target.chatId}`;
    case 'email':
      return `${target.to.join(', ')} by ${target.host}:${target.port}`;
  }
}

/** Why a target is not to be trusted with what it is sent; undefined when it is. */
export function objectionTo(target: ChannelTarget, allowPrivate: boolean): string | undefined {
  if (target.kind === 'email') {
    if (target.tls === 'none' && !allowPrivate) return 'mail without TLS is for private networks (allowPrivate) alone';
    return (target.user === undefined) === (target.password === undefined)
      ? undefined
      : 'user and password come together';
  }
  const { protocol, username, password } = new URL(target.url);
  if (username !== '' || password !== '') return 'a URL with a user in it is not taken';
  return protocol === 'https:' || allowPrivate ? undefined : 'plain HTTP is for private networks (allowPrivate) alone';
}

const titled = (given: string): string => cut(plain(given).replaceAll(/\s+/gu, ' '), titleMax);
const shortened = (given: string): string => cut(plain(given), textMax);

/** Without control characters, those included that make a text read in another order than it is written. */
const plain = (given: string): string =>
  given.replaceAll(/[\u202a-\u202e\u2066-\u2069]/gu, '').replaceAll(/[^\P{Cc}\n]+/gu, ' ');

/** Between characters, not in one. */
function cut(given: string, max: number): string {
  const letters = [...given.trim()];
  return letters.length <= max ? letters.join('') : `${letters.slice(0, max - 1).join('')}…`;
}
