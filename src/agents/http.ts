import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { messageOf } from './log.ts';

export interface HttpRequest {
  readonly method: 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Longer without a byte either way counts as unreachable; unset: only the signal ends the wait. */
  readonly silenceMsMax?: number;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** May pass by itself: nobody answered, or the answer was "not now". */
export class TemporaryError extends Error {
  override readonly name = 'TemporaryError';
  readonly retryAfterMs: number | undefined;
  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Asking again would not help. */
class OversizeError extends Error {}

/**
 * Agents of our own, because the global one follows the proxy variables, and the way to the gateway is direct.
 * node:http instead of fetch: fetch costs 12 MiB of memory at its first use.
 */
const plain = new HttpAgent({ keepAlive: true });
const secure = new HttpsAgent({ keepAlive: true });

const answerBytesMax = 32 * 2 ** 20;
/** Lets the system find out that the other host is gone while we wait for a slow model. */
const probeAfterMs = 10_000;

/** Too busy, or a part that is down: the gateway's own word, or a model provider's through it. */
const notNow: ReadonlySet<number> = new Set([408, 429, 502, 503, 504, 529]);

/** Rejects with the signal's reason when it aborts, with TemporaryError when a later attempt may succeed. */
export async function exchange(request: HttpRequest): Promise<HttpAnswer> {
  const { signal } = request;
  signal.throwIfAborted();
  try {
    const answer = await send(request);
    if (notNow.has(answer.status)) throw busy(answer);
    return answer;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof TemporaryError || error instanceof OversizeError
      ? error
      : new TemporaryError(messageOf(error));
  }
}

function send({ method, url, headers, body, silenceMsMax, signal }: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const isSecure = url.startsWith('https:');
    const open = isSecure ? httpsRequest : httpRequest;
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const request: ClientRequest = open(url, {
      method,
      headers: { ...headers, ...length },
      agent: isSecure ? secure : plain,
      signal,
    });
    request.on('error', reject);
    request.on('response', (response) => collect(response).then(resolve, reject));
    request.on('socket', (socket) => socket.setKeepAlive(true, probeAfterMs));
    if (silenceMsMax !== undefined) {
      request.setTimeout(silenceMsMax, () => request.destroy(new Error(`no answer for ${silenceMsMax} ms`)));
    }
    request.end(body);
  });
}

async function collect(response: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > answerBytesMax) throw new OversizeError(`the answer is larger than ${answerBytesMax} bytes`);
    chunks.push(part);
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') };
}

function busy({ status, headers, body }: HttpAnswer): TemporaryError {
  const seconds = Number(headers['retry-after']);
  const retryAfterMs = headers['retry-after'] !== undefined && seconds >= 0 ? seconds * 1_000 : undefined;
  return new TemporaryError(`${status}: ${body.slice(0, 300)}`, retryAfterMs);
}
