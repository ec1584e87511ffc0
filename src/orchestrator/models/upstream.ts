import { createParser } from 'eventsource-parser';
import type { Dispatcher } from 'undici';
import type { SseEvent } from './dialects/stream.ts';
import { UpstreamFailure } from './failure.ts';
import type { Provider } from './providers.ts';

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
    return isStream ? await begin(provider, response.body) : await whole(provider, response.body);
  } catch (error) {
    throw signal.aborted ? error : toFailure(provider, error);
  }
}

type Body = Dispatcher.ResponseData['body'];

const answerBytesMax = 32 * 1024 * 1024;
const refusalLengthMax = 500;
const patienceMsMax = 60_000;

async function whole({ name }: Provider, body: Body): Promise<Answer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > answerBytesMax) throw new UpstreamFailure('elsewhere', 'too_large', `${name} answered with too much`);
    pieces.push(piece);
  }
  return { kind: 'whole', json: parse(name, Buffer.concat(pieces).toString()) };
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

async function begin(provider: Provider, body: Body): Promise<Answer> {
  const batches = batchesOf(body);
  const first = await batches.next();
  if (first.done) throw new UpstreamFailure('again', 'cut', `${provider.name} ended its answer before it began`);
  for (const { event, data } of first.value) {
    if (data !== '[DONE]') parse(provider.name, data);
    if (event === 'error' || data.startsWith('{"error"'))
      throw new UpstreamFailure('again', 'error_event', `${provider.name} began its answer with an error`);
  }
  return { kind: 'stream', events: goOn(provider, first.value, batches) };
}

async function* goOn(provider: Provider, first: readonly SseEvent[], rest: AsyncIterable<readonly SseEvent[]>) {
  yield first;
  try {
    yield* rest;
  } catch (error) {
    throw new UpstreamFailure('no', 'cut', `${provider.name} broke off in the middle of its answer`, { cause: error });
  }
}

/** The events of each piece that arrives, together: what came at once goes on at once. */
async function* batchesOf(body: Body): AsyncGenerator<readonly SseEvent[]> {
  const events: SseEvent[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => void events.push(event === undefined ? { data } : { event, data }),
  });
  const decoder = new TextDecoder();
  for await (const piece of body as AsyncIterable<Buffer>) {
    parser.feed(decoder.decode(piece, { stream: true }));
    if (events.length > 0) yield events.splice(0);
  }
}

/** Of an answer that is none. What a provider says of our key is nobody's business here: it may quote it. */
async function refusal({ name, headers: own }: Provider, { statusCode, headers, body }: Dispatcher.ResponseData) {
  const text = await body.text().catch(() => '');
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

function sayingOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    if (typeof error?.message === 'string') return error.message.slice(0, refusalLengthMax);
  } catch {
    // Then as it is.
  }
  return text.slice(0, refusalLengthMax);
}

/** Some quote the credentials they were sent. */
const concealed = (text: string, sent: Provider['headers']): string =>
  Object.values(sent)
    .map((value) => value.replace(/^Bearer /, ''))
    .filter((secret) => secret !== '')
    .reduce((told, secret) => told.replaceAll(secret, '…'), text);

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
