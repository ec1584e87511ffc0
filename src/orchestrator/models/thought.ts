import type { ServerResponse } from 'node:http';
import type { AgentCaller } from '../gateway/identity.ts';
import type { ChatRequest } from './chat.ts';
import type { MessagesRequest } from './dialects/messages.ts';

/** What an agent wants to know, as its client put it. */
export type Thought = {
  readonly caller: AgentCaller;
  readonly taskType: string | undefined;
  /** Those that the provider may want to see. */
  readonly headers: Readonly<Record<string, string>>;
  readonly response: ServerResponse;
} & (
  | { readonly dialect: 'openai'; readonly body: ChatRequest }
  | { readonly dialect: 'anthropic'; readonly body: MessagesRequest }
);
