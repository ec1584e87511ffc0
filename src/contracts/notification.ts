import { z } from 'zod';
import { escalationKindSchema, escalationPrioritySchema } from './escalation.ts';
import { filledText, idOf, text, timestamp } from './primitives.ts';

/** What somebody elsewhere is told of: whatever waits for a human, and that a channel works. */
export const notificationKindSchema = z.enum([...escalationKindSchema.options, 'domain_request', 'test']);
export type NotificationKind = z.infer<typeof notificationKindSchema>;

export const severitySchema = escalationPrioritySchema;
export type Severity = z.infer<typeof severitySchema>;

export const channelNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'a name is 1 to 40 of a-z, 0-9 and -, and begins with a letter');

/** Printable, in ASCII, on one line: it stands in headers and URLs. */
const secretText = (min: number, max: number) =>
  z
    .string()
    .min(min)
    .max(max)
    .regex(/^[\x21-\x7e]+$/, 'must be printable characters without blanks');
const url = z.url({ protocol: /^https?$/, error: 'must be a URL such as https://hooks.example.com/path' }).max(2_000);
const mailAddress = z.email().max(254);
const hostName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.:_-]{0,251}[a-z0-9])?$/i, 'must be a host name or an address, without a port');

/** Where notifications go. URLs, passwords and tokens in it are secret: answers show none of them. */
export const channelTargetSchema = z.discriminatedUnion('kind', [
  /** POSTs JSON, signed with the secret. */
  z.strictObject({
    kind: z.literal('webhook'),
    url,
    secret: secretText(16, 200).optional().describe('unset: made, and shown in this one answer'),
  }),
  /** An incoming webhook that takes `{text}`. */
  z.strictObject({ kind: z.literal('slack'), url }),
  z.strictObject({
    kind: z.literal('telegram'),
    botToken: z.string().regex(/^\d{3,20}:[\w-]{20,80}$/, 'must be a token such as 123456:ABC…'),
    chatId: z.string().regex(/^(-?\d{1,20}|@\w{3,64})$/, 'must be a number or @name'),
    url: url.default('https://api.telegram.org'),
  }),
  z.strictObject({
    kind: z.literal('email'),
    host: hostName,
    port: z.number().int().min(1).max(65_535).default(587),
    tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
    user: filledText(200).optional(),
    password: text(200).optional(),
    from: mailAddress,
    to: z.array(mailAddress).min(1).max(20),
  }),
]);
export type ChannelTarget = z.output<typeof channelTargetSchema>;

export const channelKindSchema = z.enum(['webhook', 'slack', 'telegram', 'email']);

const wanted = {
  severities: z
    .array(severitySchema)
    .min(1)
    .max(3)
    .default([...severitySchema.options]),
  kinds: z
    .array(notificationKindSchema)
    .min(1)
    .max(20)
    .default([...notificationKindSchema.options]),
};

export const newChannelSchema = z.strictObject({
  name: channelNameSchema,
  target: channelTargetSchema,
  ...wanted,
  enabled: z.boolean().default(true),
  /** Its host may be on a private network; plain HTTP and mail without TLS are for these alone. */
  allowPrivate: z.boolean().default(false),
  /** Put links into it by which whoever reads it can answer. */
  answerLinks: z.boolean().default(false),
});
export type NewChannel = z.output<typeof newChannelSchema>;

export const channelSchema = z.object({
  name: channelNameSchema,
  kind: channelKindSchema,
  /** Where it leads, without what is secret in it. */
  destination: z.string(),
  severities: z.array(severitySchema),
  kinds: z.array(notificationKindSchema),
  enabled: z.boolean(),
  allowPrivate: z.boolean(),
  answerLinks: z.boolean(),
  createdAt: timestamp,
  changedAt: timestamp,
});
export type Channel = z.infer<typeof channelSchema>;

export const notificationStatusSchema = z.enum(['pending', 'sent', 'failed']);
export type NotificationStatus = z.infer<typeof notificationStatusSchema>;

/** What waits: an escalation, a domain request, or the channel itself when it is tried. */
export const notificationSubjectSchema = z.object({
  type: z.enum(['escalation', 'domain_request', 'channel']),
  id: z.string(),
  /** A decision's id, an agent's type, a budget's name or a domain. */
  about: z.string(),
});
export type NotificationSubject = z.infer<typeof notificationSubjectSchema>;

export const notificationSchema = z.object({
  id: idOf('ntf'),
  channel: channelNameSchema,
  kind: notificationKindSchema,
  severity: severitySchema,
  title: z.string(),
  text: z.string(),
  subject: notificationSubjectSchema,
  status: notificationStatusSchema,
  attempts: z.number().int(),
  /** Why the last attempt failed. */
  lastError: z.string().nullable(),
  nextAttemptAt: timestamp.nullable(),
  createdAt: timestamp,
  sentAt: timestamp.nullable(),
});
export type Notification = z.infer<typeof notificationSchema>;

/** What a webhook receives; the same bytes at every attempt. */
export const webhookBodySchema = z.object({
  id: idOf('ntf'),
  kind: notificationKindSchema,
  severity: severitySchema,
  title: z.string(),
  text: z.string(),
  link: z.url().optional(),
  subject: notificationSubjectSchema,
  createdAt: timestamp,
});
export type WebhookBody = z.infer<typeof webhookBodySchema>;

/** What comes by a link: of a decision the verdict, of everything else the words alone. */
export const answerSchema = z.strictObject({
  verdict: z.enum(['approve', 'reject', 'answer']),
  words: text(2_000).default(''),
});
export type Answer = z.output<typeof answerSchema>;
