import { createParser } from 'eventsource-parser';
import type { Dispatcher } from 'undici';
import { parseEvent, type SseEvent } from './dialects/stream.ts';
import { UpstreamFailure } from './failure.ts';
import type { Dialect, Provider } from './providers.ts';
import { concealed, messageOf } from './saying.ts';

type Body = Dispatcher.ResponseData['body'];
type Batch = readonly SseEvent[];

const eventCharactersMax = 32 * 1024 * 1024;

/** Resolves when the first events are there: what goes wrong before may be tried again. */
export async function begin(provider: Provider, body: Body): Promise<AsyncIterable<Batch>> {
  const batches = batchesOf(provider, body);
  const first = await batches.next();
  if (first.done) throw new UpstreamFailure('again', 'cut', `${provider.name} ended its answer before it began`);
  for (const event of first.value) {
    if (isError(event))
      throw new UpstreamFailure('again', 'error_event', `${provider.name} began its answer with an error`);
    if (event.data !== '[DONE]') check(provider, event);
  }
  return goOn(provider, first.value, batches);
}

/** A connection that ends in order is no proof that the answer has: whoever breaks off must not look as if he were done. */
async function* goOn({ name, dialect, headers }: Provider, first: Batch, rest: AsyncIterable<Batch>) {
  let isEnded = false;
  for await (const batch of inOrder(name, first, rest)) {
    const at = batch.findIndex(isError);
    if (at !== -1) {
      if (at > 0) yield batch.slice(0, at);
      const saying = concealed(messageOf(batch[at]?.data ?? '') ?? '', headers);
      throw new UpstreamFailure('no', 'error_event', `${name} broke off with an error: ${saying}`);
    }
    isEnded ||= batch.some((event) => isEnd(dialect, event));
    yield batch;
  }
  if (!isEnded) throw new UpstreamFailure('no', 'cut', `${name} stopped in the middle of its answer`);
}

async function* inOrder(name: string, first: Batch, rest: AsyncIterable<Batch>) {
  yield first;
  try {
    yield* rest;
  } catch (error) {
    if (error instanceof UpstreamFailure) throw error;
    throw new UpstreamFailure('no', 'cut', `${name} broke off in the middle of its answer`, { cause: error });
  }
}

function check({ name }: Provider, event: SseEvent): void {
  try {
    parseEvent(event);
  } catch (cause) {
    throw new UpstreamFailure('elsewhere', 'malformed', `${name} answered with what is no JSON`, { cause });
  }
}

/** Quotes within an answer are escaped, so that few events are looked at more closely. */
const isError = ({ event, data }: SseEvent): boolean =>
  event === 'error' || (data.includes('"error"') && messageOf(data) !== undefined);

/** Some leave out what OpenAI ends with; the reason for the end is always told. */
const isEnd = (dialect: Dialect, { event, data }: SseEvent): boolean =>
  dialect === 'anthropic'
    ? event === 'message_stop' || data.includes('"message_stop"')
    : data === '[DONE]' || /"finish_reason"\s*:\s*"/.test(data);

/** The events of each piece that arrives, together: what came at once goes on at once. */
async function* batchesOf({ name }: Provider, body: Body): AsyncGenerator<Batch> {
  const events: SseEvent[] = [];
  let isTooLong = false;
  const parser = createParser({
    maxBufferSize: eventCharactersMax,
    onEvent: ({ event, data }) => void events.push(event === undefined ? { data } : { event, data }),
    onError({ type }) {
      if (type === 'max-buffer-size-exceeded') isTooLong = true;
    },
  });
  const decoder = new TextDecoder();
  for await (const piece of body as AsyncIterable<Buffer>) {
    parser.feed(decoder.decode(piece, { stream: true }));
    if (isTooLong) throw new UpstreamFailure('no', 'too_large', `${name} says too much at once`);
    if (events.length > 0) yield events.splice(0);
  }
}
