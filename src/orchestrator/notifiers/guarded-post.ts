import { once } from 'node:events';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { type Resolve, resolveTarget, systemAddresses } from '../egress/addresses.ts';
import { Undelivered } from './undelivered.ts';

/** The one address that was looked at; what the name says a moment later does not matter. */
export async function addressOf(
  resolve: Resolve,
  host: string,
  { allowPrivate, signal }: { allowPrivate: boolean; signal: AbortSignal },
): Promise<string> {
  const late = once(signal, 'abort').then(() => Promise.reject(tooLate()));
  const found = await Promise.race([
    resolveTarget({ resolve, ownAddresses: systemAddresses }, host, allowPrivate),
    late,
  ]);
  switch (found.kind) {
    case 'address':
      return found.address;
    case 'private':
      throw new Undelivered('its address is private, and the channel does not say allowPrivate');
    case 'unknown':
      throw new Undelivered('its name cannot be looked up');
  }
}

export const tooLate = () => new Undelivered('it took too long');

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
}

/** Of an answer only the status counts; more than this is not even read. */
const answerBytesMax = 16_384;

/** Resolves when the receiver took it (2xx). Redirects are not followed: they could lead anywhere. */
export async function guardedPost(resolve: Resolve, { url, headers, body, allowPrivate, signal }: Post): Promise<void> {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
  const address = await addressOf(resolve, host, { allowPrivate, signal });
  const agent = new Agent({ connect: { lookup: always(address) }, pipelining: 0 });
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'boardroom', ...headers },
      body,
      signal,
      dispatcher: agent,
    });
    await answer.body.dump({ limit: answerBytesMax, signal }).catch(() => undefined);
    if (answer.statusCode >= 200 && answer.statusCode < 300) return;
    const askedMs = waitAsked(answer.headers['retry-after']);
    throw new Undelivered(`the receiver answered ${answer.statusCode}`, { askedMs });
  } catch (error) {
    throw signal.aborted ? tooLate() : error;
  } finally {
    await agent.destroy();
  }
}

/** An address is connected to as it stands, without a look-up: it is the one that was looked at. */
const always =
  (address: string): LookupFunction =>
  (_host, options, callback) => {
    const family = isIP(address);
    if (options.all === true) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };

/** In milliseconds. As a date it is passed over: our own pauses are long enough. */
function waitAsked(value: string | string[] | undefined): number {
  const seconds = Number(value ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;
}
