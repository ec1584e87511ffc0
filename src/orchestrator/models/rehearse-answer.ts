import type { MessagesRequest } from './dialects/messages.ts';
import { toChatRequest } from './dialects/messages-to-chat.ts';
import type { SseEvent } from './dialects/stream.ts';
import { inOtherWords } from './question.ts';
import { rehearse } from './rehearsal.ts';
import { rehearsalStream } from './rehearsal-stream.ts';
import type { Thought } from './thought.ts';
import type { Answer } from './upstream.ts';

/** The rehearsal as a provider like the others, that speaks OpenAI's dialect. */
export async function rehearseAnswer(thought: Thought): Promise<Answer> {
  const request = thought.dialect === 'openai' ? thought.body : asChat(thought.body);
  const completion = rehearse(request);
  if (request.stream !== true) return { kind: 'whole', json: completion };
  const events = rehearsalStream(completion, { include_usage: true }).map(eventOf);
  return { kind: 'stream', events: atOnce(events) };
}

const asChat = (body: MessagesRequest) => inOtherWords(() => toChatRequest(body));

const eventOf = (text: string): SseEvent => ({ data: text.slice('data: '.length).trimEnd() });

async function* atOnce(events: readonly SseEvent[]) {
  yield events;
}
