import { once } from 'node:events';
import type { ChannelTarget } from '../../contracts/notification.ts';
import type { Resolve } from '../egress/addresses.ts';
import type { Clock } from '../platform/clock.ts';
import { sendMail } from './email.ts';
import { addressOf, guardedPost, tooLate } from './guarded-post.ts';
import { type Message, plainText, signatureOf, slackText, webhookBody } from './messages.ts';
import { Undelivered } from './undelivered.ts';

interface SenderDeps {
  readonly resolve: Resolve;
  readonly clock: Clock;
  /** For a whole attempt, from the name's look-up to the last byte. */
  readonly timeoutMs: number;
}

export interface Delivery {
  readonly target: ChannelTarget;
  readonly allowPrivate: boolean;
  readonly message: Message;
  /** Aborts when this replica closes. */
  readonly signal: AbortSignal;
}

/** Resolves when the receiver took the message; rejects when it is not known to have. */
export type Send = (delivery: Delivery) => Promise<void>;

export function createSender({ resolve, clock, timeoutMs }: SenderDeps): Send {
  async function attempt({ target, allowPrivate, message, signal }: Delivery): Promise<void> {
    const idempotency = { 'idempotency-key': message.row.id };
    const post = (url: string, body: string, headers: Record<string, string> = {}) =>
      guardedPost(resolve, { url, body, headers: { ...idempotency, ...headers }, allowPrivate, signal });
    switch (target.kind) {
      case 'webhook': {
        const body = webhookBody(message);
        const timestamp = String(Math.floor(clock.now() / 1_000));
        if (target.secret === undefined) throw new Undelivered('the channel has no secret to sign with');
        const signature = signatureOf(target.secret, timestamp, body);
        return post(target.url, body, { 'x-boardroom-timestamp': timestamp, 'x-boardroom-signature': signature });
      }
      case 'slack':
        // Nobody but a human is to follow a link in it.
        return post(target.url, JSON.stringify({ text: slackText(message), unfurl_links: false, unfurl_media: false }));
      case 'telegram':
        return post(
          `${target.url.replace(/\/$/, '')}/bot${target.botToken}/sendMessage`,
          JSON.stringify({
            chat_id: target.chatId,
            text: plainText(message),
            link_preview_options: { is_disabled: true },
          }),
        );
      case 'email': {
        const address = await addressOf(resolve, target.host, { allowPrivate, signal });
        const late = once(signal, 'abort').then(() => Promise.reject(tooLate()));
        return Promise.race([sendMail(target, message, { address, timeoutMs }), late]);
      }
    }
  }

  /** `late` is asked again at the end: Node 20 collects a time-out that only `any` knows, and then it never comes. */
  return async ({ signal: closing, ...delivery }) => {
    const late = AbortSignal.timeout(timeoutMs);
    try {
      await attempt({ ...delivery, signal: AbortSignal.any([closing, late]) });
    } catch (error) {
      throw late.aborted ? tooLate() : error;
    }
  };
}
