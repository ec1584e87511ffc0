import type { ChatRequest } from './chat.ts';
import { toMessagesRequest } from './dialects/chat-to-messages.ts';
import { chatFields, messagesFields, refuseUnsaid } from './dialects/fields.ts';
import type { MessagesRequest } from './dialects/messages.ts';
import { toChatRequest } from './dialects/messages-to-chat.ts';
import { Untranslatable } from './dialects/untranslatable.ts';
import { UpstreamFailure, untranslatable } from './failure.ts';
import type { Provider } from './providers.ts';
import type { Thought } from './thought.ts';
import type { Question } from './upstream.ts';

interface Asked {
  readonly provider: Provider;
  /** As the provider calls it. */
  readonly model: string;
  readonly thought: Thought;
  readonly signal: AbortSignal;
}

const versionDefault = '2023-06-01';
/** Anthropic's messages must say how long an answer may get. */
const maxTokens = 8_192;

/** The agent's words in the provider's dialect; what is the same in both passes untouched. Throws `UpstreamFailure`. */
export function question({ provider, model, thought, signal }: Asked): Question {
  const isStream = thought.body.stream === true;
  const headers = headersFor(provider, thought.headers);
  return { provider, body: { ...translated(provider, thought), model }, headers, isStream, signal };
}

/** What Anthropic wants to be told besides the body; `given` are the client's own. */
export const headersFor = ({ dialect }: Provider, given: Thought['headers']): Question['headers'] =>
  dialect === 'anthropic' ? { 'anthropic-version': versionDefault, ...given } : {};

function translated({ name, dialect }: Provider, thought: Thought): Record<string, unknown> {
  if (dialect === 'anthropic') return thought.dialect === 'anthropic' ? thought.body : asMessages(thought.body);
  const chat = thought.dialect === 'openai' ? thought.body : ofItsOwn(name, asChat(thought.body));
  // Without it nobody would know what a stream has used.
  return chat.stream === true ? { ...chat, stream_options: { ...chat.stream_options, include_usage: true } } : chat;
}

const asMessages = (body: ChatRequest) =>
  inOtherWords(() => {
    refuseUnsaid(body, chatFields);
    return toMessagesRequest(body, { maxTokens });
  });

const asChat = (body: MessagesRequest) =>
  inOtherWords(() => {
    refuseUnsaid(body, messagesFields);
    return toChatRequest(body);
  });

/** OpenAI's newer models refuse the name that all others go by. */
function ofItsOwn(provider: Provider['name'], { max_tokens: most, ...chat }: ChatRequest): ChatRequest {
  return provider === 'openai' ? { ...chat, max_completion_tokens: most } : { ...chat, max_tokens: most };
}

/** Another model may take it as it is. */
export function inOtherWords<T>(translate: () => T): T {
  try {
    return translate();
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    throw new UpstreamFailure('elsewhere', untranslatable, error.message, { cause: error });
  }
}
