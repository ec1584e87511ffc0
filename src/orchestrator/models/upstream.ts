import type { Dispatcher } from 'undici';
import type { SseEvent } from './dialects/stream.ts';
import { UpstreamFailure } from './failure.ts';
import type { Provider } from './providers.ts';
import { concealed, sayingOf } from './saying.ts';
import { begin } from './upstream-stream.ts';

export interface Question {
  readonly provider: Provider;
  readonly body: Readonly<Record<string, unknown>>;
  /** The client's own that the provider may want to see. */
  readonly headers: Readonly<Record<string, string>>;
  readonly isStream: boolean;
  readonly signal: AbortSignal;
}

export interface UpstreamTimes {
  /** Until the provider answers at all. */
  readonly firstByteMs: number;
  /** Between two pieces of an answer. */
  readonly idleMs: number;
}

export type Answer =
  | { readonly kind: 'whole'; readonly json: Record<string, unknown> }
  /** The first event is there, so the stream has begun; the rest throws `UpstreamFailure` where it breaks off. */
  | { readonly kind: 'stream'; readonly events: AsyncIterable<readonly SseEvent[]> };

/** One question to one provider. Nothing of the answer has reached the client yet when this rejects. */
export async function ask(dispatcher: Dispatcher, question: Question, times: UpstreamTimes): Promise<Answer> {
  const { provider, body, headers, isStream, signal } = question;
  try {
    const { origin, pathname, search } = new URL(provider.url);
    const response = await dispatcher.request({
      origin,
      path: pathname + search,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers, ...provider.headers },
      body: JSON.stringify(body),
      signal,
      headersTimeout: times.firstByteMs,
      bodyTimeout: times.idleMs,
    });
    if (response.statusCode >= 300) throw await refusal(provider, response);
    return isStream
      ? { kind: 'stream', events: await begin(provider, response.body) }
      : await whole(provider, response.body);
  } catch (error) {
    throw signal.aborted ? error : toFailure(provider, error);
  }
}

type Body = Dispatcher.ResponseData['body'];

const answerBytesMax = 32 * 1024 * 1024;
const refusalBytesMax = 64 * 1024;
const patienceMsMax = 60_000;

async function whole({ name }: Provider, body: Body): Promise<Answer> {
  const text = await readAtMost(body, answerBytesMax);
  if (text === undefined) throw new UpstreamFailure('elsewhere', 'too_large', `${name} answered with too much`);
  return { kind: 'whole', json: parse(name, text) };
}

/** Undefined when there is more. */
async function readAtMost(body: Body, bytesMax: number): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > bytesMax) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function parse(name: string, text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null) return json as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new UpstreamFailure('elsewhere', 'malformed', `${name} answered with what is no JSON`);
}

/** Of an answer that is none. What a provider says of our key is nobody's business here: it may quote it. */
async function refusal({ name, headers: own }: Provider, { statusCode, headers, body }: Dispatcher.ResponseData) {
  const text = (await readAtMost(body, refusalBytesMax).catch(() => undefined)) ?? '';
  const code = `status_${statusCode}`;
  if (statusCode === 408 || statusCode === 429 || statusCode >= 500) {
    const retryAfterMs = waitOf(headers);
    const remedy = (retryAfterMs ?? 0) > patienceMsMax ? 'elsewhere' : 'again';
    const what = statusCode === 429 ? 'asks for fewer calls' : `answered ${statusCode}`;
    return new UpstreamFailure(remedy, code, `${name} ${what}`, { retryAfterMs });
  }
  if (statusCode === 401 || statusCode === 403 || statusCode === 404 || statusCode < 400) {
    const what = statusCode === 404 ? 'does not know this model' : 'does not accept our key';
    return new UpstreamFailure('elsewhere', code, `${name} ${what} (${statusCode})`);
  }
  return new UpstreamFailure(
    'no',
    code,
    `${name} refused the request (${statusCode}): ${concealed(sayingOf(text), own)}`,
  );
}

/** RFC 9110 10.2.3: seconds or a date; some say milliseconds besides. */
function waitOf(headers: Dispatcher.ResponseData['headers']): number | undefined {
  const exact = Number(headers['retry-after-ms'] ?? Number.NaN);
  if (exact >= 0) return exact;
  const { 'retry-after': said, date } = headers;
  const seconds = Number(said ?? Number.NaN);
  if (seconds >= 0) return seconds * 1_000;
  // Both by the provider's clock, whatever ours shows.
  const waitMs = Date.parse(String(said)) - Date.parse(String(date));
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}

function toFailure({ name }: Provider, error: unknown): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  const { code = '' } = error as { code?: string };
  const isLate = code.includes('TIMEOUT');
  const what = isLate ? 'did not answer in time' : 'could not be reached, or broke off before its answer began';
  return new UpstreamFailure('again', isLate ? 'timeout' : 'cut', `${name} ${what}`, { cause: error });
}
