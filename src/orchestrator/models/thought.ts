import type { EventEmitter } from 'node:events';
import type { CallOutcome, Payer } from './accounts.ts';
import type { ChatRequest } from './chat.ts';
import type { MessagesRequest } from './dialects/messages.ts';

/** Where an answer goes: an HTTP response, or what stands for one. It emits `close` when nobody listens any more. */
export interface Audience extends EventEmitter {
  readonly headersSent: boolean;
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  /** False: wait for `drain`. */
  write(text: string): boolean;
  end(text: string): unknown;
  destroy(): unknown;
}

/** What somebody wants to know, as its client put it. */
export type Thought = {
  readonly caller: Payer;
  readonly taskType: string | undefined;
  /** The model that the body names, or none: no route, no fallback, no rehearsal in its place. */
  readonly isExact?: boolean;
  /** Told what the call has used, before it is on record. */
  readonly onOutcome?: (outcome: CallOutcome) => void;
  /** Those that the provider may want to see. */
  readonly headers: Readonly<Record<string, string>>;
  readonly response: Audience;
} & (
  | { readonly dialect: 'openai'; readonly body: ChatRequest }
  | { readonly dialect: 'anthropic'; readonly body: MessagesRequest }
);
