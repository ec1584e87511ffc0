import { toMessagesRequest } from './dialects/chat-to-messages.ts';
import { toChatRequest } from './dialects/messages-to-chat.ts';
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

/** The agent's words in the provider's dialect; what is the same in both passes untouched. */
export function question({ provider, model, thought, signal }: Asked): Question {
  const isStream = thought.body.stream === true;
  const headers = provider.dialect === 'anthropic' ? { 'anthropic-version': versionDefault, ...thought.headers } : {};
  return { provider, body: { ...translated(provider, thought), model }, headers, isStream, signal };
}

function translated({ dialect }: Provider, thought: Thought): Record<string, unknown> {
  if (dialect === 'anthropic')
    return thought.dialect === 'anthropic' ? thought.body : toMessagesRequest(thought.body, { maxTokens });
  const chat = thought.dialect === 'openai' ? thought.body : toChatRequest(thought.body);
  // Without it nobody would know what a stream has used.
  return chat.stream === true ? { ...chat, stream_options: { ...chat.stream_options, include_usage: true } } : chat;
}
