import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type {
  ChannelTarget,
  NotificationKind,
  NotificationStatus,
  NotificationSubject,
  Severity,
} from '../../contracts/notification.ts';
import { createdAt, id, moment } from '../platform/columns.ts';

export const channels = pgTable('notification_channels', {
  name: text('name').primaryKey(),
  kind: text('kind').$type<ChannelTarget['kind']>().notNull(),
  destination: text('destination').notNull(),
  /** The target with its secrets, sealed for this channel. */
  sealed: text('sealed').notNull(),
  severities: jsonb('severities').$type<Severity[]>().notNull(),
  kinds: jsonb('kinds').$type<NotificationKind[]>().notNull(),
  enabled: boolean('enabled').notNull(),
  allowPrivate: boolean('allow_private').notNull(),
  answerLinks: boolean('answer_links').notNull(),
  createdAt: createdAt(),
  changedAt: moment('changed_at').notNull(),
});

export const notifications = pgTable(
  'notifications',
  {
    id: id('id').primaryKey(),
    channel: text('channel').notNull(),
    /** The escalation or request, or one reminder of it. */
    cause: text('cause').notNull(),
    kind: text('kind').$type<NotificationKind>().notNull(),
    severity: text('severity').$type<Severity>().notNull(),
    title: text('title').notNull(),
    text: text('text').notNull(),
    subject: jsonb('subject').$type<NotificationSubject>().notNull(),
    status: text('status').$type<NotificationStatus>().notNull(),
    /** Counted when one begins; it tells a sender that was held up from the one that took over. */
    attempts: integer('attempts').notNull(),
    lastError: text('last_error'),
    /** When it was made, or asked for again: from then on it is tried for a bounded time. */
    triedSince: moment('tried_since').notNull(),
    nextAttemptAt: moment('next_attempt_at'),
    /** Somebody is sending it, or died doing so. */
    claimedUntil: moment('claimed_until'),
    createdAt: createdAt(),
    sentAt: moment('sent_at'),
  },
  (table) => [
    /** Each channel is told once of each cause, whoever reads the log how often. */
    uniqueIndex('one_notification_per_cause').on(table.channel, table.cause),
    index('notifications_by_status').on(table.status, table.id),
    index('notifications_due').on(table.status, table.nextAttemptAt),
  ],
);
