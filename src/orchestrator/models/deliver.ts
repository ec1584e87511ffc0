import { once } from 'node:events';
import type { Usage } from './accounts.ts';
import { chatCompletionSchema } from './chat.ts';
import { createChatRepeater } from './dialects/chat-stream-to-chat.ts';
import { createMessagesTranslator } from './dialects/chat-stream-to-messages.ts';
import { toMessage } from './dialects/completion-to-message.ts';
import { toChatCompletion } from './dialects/message-to-completion.ts';
import { messageSchema } from './dialects/messages.ts';
import { createChatTranslator } from './dialects/messages-stream-to-chat.ts';
import { frame, MalformedAnswer, type SseEvent, type StreamTranslator } from './dialects/stream.ts';
import { createUsageTap, usageOfCompletion, usageOfMessage } from './dialects/usage.ts';
import { UpstreamFailure } from './failure.ts';
import type { Dialect } from './providers.ts';
import type { Audience, Thought } from './thought.ts';
import type { Answer } from './upstream.ts';

interface Delivery {
  readonly answer: Answer;
  /** What the provider speaks. */
  readonly from: Dialect;
  readonly thought: Thought;
  /** For a call of which nobody says what it used. */
  readonly ceiling: Usage;
  readonly signal: AbortSignal;
}

export interface Delivered {
  readonly usage: Usage | undefined;
  /** It broke off; the client has been told, as far as it can be. */
  readonly failure: UpstreamFailure | undefined;
  /** What the client got, where it was an answer in one piece. */
  readonly text?: string;
}

/** Hands the answer on in the client's dialect. Rejects only while the client has got nothing of it. */
export function deliver(delivery: Delivery): Promise<Delivered> {
  const { answer } = delivery;
  return answer.kind === 'whole' ? deliverWhole(delivery, answer.json) : deliverStream(delivery, answer.events);
}

async function deliverWhole(delivery: Delivery, json: Record<string, unknown>) {
  const { from, ceiling } = delivery;
  const { dialect, response } = delivery.thought;
  const { usage, body } = from === 'openai' ? ofCompletion(json, dialect) : ofMessage(json, dialect);
  const text = JSON.stringify(body);
  sendWhole(response, text);
  return { usage: usage ?? withOutputOf(ceiling, text.length), failure: undefined, text };
}

function ofCompletion(json: Record<string, unknown>, to: Dialect) {
  const completion = chatCompletionSchema.safeParse(json);
  if (!completion.success) throw malformed(completion.error);
  return { usage: usageOfCompletion(completion.data), body: to === 'openai' ? json : toMessage(completion.data) };
}

function ofMessage(json: Record<string, unknown>, to: Dialect) {
  const message = messageSchema.safeParse(json);
  if (!message.success) throw malformed(message.error);
  return { usage: usageOfMessage(message.data), body: to === 'anthropic' ? json : toChatCompletion(message.data) };
}

export function sendWhole(response: Audience, text: string): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(text);
}

const malformed = (cause: unknown) =>
  new UpstreamFailure('elsewhere', 'malformed', 'The provider answered with what is no answer', { cause });

const charactersPerToken = 3;

/** Used, about, by an answer of which nobody says: it is charged for all the same. */
const withOutputOf = (ceiling: Usage, characters: number): Usage => ({
  ...ceiling,
  outputTokens: Math.ceil(characters / charactersPerToken),
});

async function deliverStream(delivery: Delivery, events: AsyncIterable<readonly SseEvent[]>): Promise<Delivered> {
  const { from, thought, ceiling, signal } = delivery;
  const { response, dialect } = thought;
  const tap = createUsageTap(from);
  const translator = translatorFor(from, thought);
  const usage = (): Usage => tap.usage() ?? withOutputOf(tap.begun() ?? ceiling, tap.textLength());
  const headers = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' };
  try {
    for await (const batch of events) {
      let text = '';
      for (const event of batch) {
        tap.push(event);
        text += translator.push(event);
      }
      if (!response.headersSent) response.writeHead(200, headers);
      if (text !== '' && !response.write(text)) await once(response, 'drain', { signal });
      signal.throwIfAborted();
    }
    response.end(translator.end());
    return { usage: usage(), failure: undefined };
  } catch (error) {
    if (signal.aborted) {
      response.destroy();
      return { usage: usage(), failure: undefined };
    }
    const failure = toFailure(error);
    if (!response.headersSent) throw failure;
    response.end(errorEvent(dialect, failure));
    return { usage: usage(), failure };
  }
}

function translatorFor(from: Dialect, thought: Thought): StreamTranslator {
  if (thought.dialect === 'openai') {
    const includeUsage = thought.body.stream_options?.include_usage === true;
    return from === 'openai' ? createChatRepeater({ includeUsage }) : createChatTranslator({ includeUsage });
  }
  // The same dialect on both sides: event by event as it came.
  return from === 'anthropic' ? { push: frame, end: () => '' } : createMessagesTranslator();
}

function errorEvent(dialect: Dialect, { message, code }: UpstreamFailure): string {
  const error = { type: 'api_error', code, message };
  return dialect === 'openai'
    ? frame({ data: JSON.stringify({ error }) })
    : frame({ event: 'error', data: JSON.stringify({ type: 'error', error }) });
}

function toFailure(error: unknown): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  if (error instanceof MalformedAnswer || error instanceof SyntaxError)
    return new UpstreamFailure('elsewhere', 'malformed', 'The provider sent what is no part of an answer', {
      cause: error,
    });
  return new UpstreamFailure('no', 'internal', 'The answer could not be handed on', { cause: error });
}
