import { createHmac } from 'node:crypto';
import type { WebhookBody } from '../../contracts/notification.ts';
import { iso } from '../platform/iso.ts';
import type { NotificationRow } from './store.ts';

/** A notification as its receiver gets it. */
export interface Message {
  readonly row: NotificationRow;
  /** By which whoever reads it can answer. */
  readonly link: string | undefined;
}

/** The same bytes at every attempt. */
export function webhookBody({ row, link }: Message): string {
  const { id, kind, severity, title, text, subject, createdAt } = row;
  const body = { id, kind, severity, title, text, ...(link !== undefined && { link }), subject, createdAt };
  return JSON.stringify({ ...body, createdAt: iso(createdAt) } satisfies WebhookBody);
}

/** Over time and body: neither can be changed, and an old message cannot be passed off as a new one. */
export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;

export const plainText = ({ row, link }: Message): string =>
  [`[${row.severity}] ${row.title}`, row.text, ...(link === undefined ? [] : [`Answer: ${link}`])].join('\n\n');

/** In Slack’s markup `<` begins links and calls to whole channels; agents' words shall be neither. */
export const slackText = (message: Message): string =>
  plainText(message).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
