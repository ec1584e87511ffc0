import type { CallArguments } from '../../../../src/contracts/client.ts';
import type { Channel, Severity } from '../../../../src/contracts/notification.ts';

/** As it is sent. */
type NewChannel = CallArguments<'addChannel'>[0]['body'];

export type ChannelKind = Channel['kind'];

/** What the form of a channel holds: text, whatever it becomes. */
export interface ChannelDraft {
  readonly name: string;
  readonly kind: ChannelKind;
  readonly texts: Readonly<Partial<Record<ChannelField, string>>>;
  readonly tls: 'starttls' | 'implicit' | 'none';
  /** From this gravity on. */
  readonly least: Severity;
  readonly allowPrivate: boolean;
  readonly answerLinks: boolean;
}

export type ChannelField =
  | 'url'
  | 'secret'
  | 'botToken'
  | 'chatId'
  | 'host'
  | 'port'
  | 'user'
  | 'password'
  | 'from'
  | 'to';

/** What each kind needs; a star stands behind what can be left out. */
export const fieldsOf: Record<ChannelKind, readonly (readonly [ChannelField, isRequired: boolean])[]> = {
  webhook: [
    ['url', true],
    ['secret', false],
  ],
  slack: [['url', true]],
  telegram: [
    ['botToken', true],
    ['chatId', true],
  ],
  email: [
    ['host', true],
    ['port', false],
    ['user', false],
    ['password', false],
    ['from', true],
    ['to', true],
  ],
};

export const secretFields: ReadonlySet<ChannelField> = new Set(['secret', 'botToken', 'password']);

export const emptyChannel: ChannelDraft = {
  name: '',
  kind: 'webhook',
  texts: {},
  tls: 'starttls',
  least: 'normal',
  allowPrivate: false,
  answerLinks: false,
};

const gravest: readonly Severity[] = ['critical', 'high', 'normal'];

export const isWhole = ({ name, kind, texts }: ChannelDraft): boolean =>
  name.trim() !== '' &&
  fieldsOf[kind].every(([field, isRequired]) => !isRequired || (texts[field] ?? '').trim() !== '');

/** What was written, as the API takes it; what was left empty is left out. */
export function channelOf(draft: ChannelDraft): NewChannel {
  const { name, kind, tls, least, allowPrivate, answerLinks } = draft;
  const severities = gravest.slice(0, gravest.indexOf(least) + 1);
  return { name: name.trim(), target: targetOf(kind, draft.texts, tls), severities, allowPrivate, answerLinks };
}

function targetOf(kind: ChannelKind, texts: ChannelDraft['texts'], tls: ChannelDraft['tls']): NewChannel['target'] {
  const text = (field: ChannelField) => texts[field]?.trim() ?? '';
  const given = <F extends ChannelField>(field: F): Partial<Record<F, string>> =>
    text(field) === '' ? {} : ({ [field]: text(field) } as Record<F, string>); // a computed key forgets its name
  switch (kind) {
    case 'webhook':
      return { kind, url: text('url'), ...given('secret') };
    case 'slack':
      return { kind, url: text('url') };
    case 'telegram':
      return { kind, botToken: text('botToken'), chatId: text('chatId') };
    case 'email':
      return {
        ...{ kind, tls, host: text('host'), from: text('from') },
        to: text('to').split(/[\s,;]+/),
        ...(text('port') !== '' && { port: Number(text('port')) }),
        ...given('user'),
        ...given('password'),
      };
  }
}
