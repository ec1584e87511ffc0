import { exchange, type HttpAnswer } from './http.ts';
import { isRecord, isString, type JsonRecord, parseJson } from './json.ts';
import { persist, type Turn } from './retry.ts';
import type { OfferedTool } from './toolbox.ts';

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON as the model wrote it, which may be none. */
  readonly arguments: string;
}

export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string | null; readonly tool_calls?: readonly JsonRecord[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

export interface ModelAnswer {
  /** As it came, to be handed back in the next request: providers hide state of theirs in the calls. */
  readonly message: ChatMessage;
  readonly text: string;
  readonly calls: readonly ToolCall[];
}

export interface ModelOptions {
  readonly url: string;
  readonly token: string;
  readonly model: string;
  readonly turn: Turn;
}

/** One answer of the model; asks again while the gateway is away or busy, until the turn ends. */
export type AskModel = (messages: readonly ChatMessage[], tools: readonly OfferedTool[]) => Promise<ModelAnswer>;

export function createModel({ url, token, model, turn }: ModelOptions): AskModel {
  return async (messages, tools) => {
    const offered = tools.length > 0 ? { tools: tools.map(asFunction), tool_choice: 'auto' } : {};
    const body = JSON.stringify({ model, messages, ...offered });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await persist(turn, () => exchange({ method: 'POST', url, headers, body, signal: turn.signal }));
    if (answer.status !== 200) throw new Error(refusalOf(answer));
    return readCompletion(parseJson(answer.body));
  };
}

/** The gateway's own sentence, where it is one: it goes into the report, and into the history that people read. */
function refusalOf({ status, body }: HttpAnswer): string {
  const problem = parseJson(body);
  const { detail } = isRecord(problem) ? problem : {};
  if (isString(detail)) return `the model endpoint answered ${status}: ${detail.slice(0, 500)}`;
  return `the model endpoint answered ${status}: ${body.slice(0, 500)}`;
}

const asFunction = ({ name, description, inputSchema }: OfferedTool) => ({
  type: 'function',
  function: { name, description, parameters: inputSchema },
});

export function readCompletion(body: unknown): ModelAnswer {
  const { content, tool_calls } = firstMessage(body);
  const text = isString(content) ? content : '';
  const toolCalls = Array.isArray(tool_calls) ? tool_calls.filter(isRecord) : [];
  const calls = toolCalls.map(readCall);
  return {
    message: { role: 'assistant', content: text || null, ...(calls.length > 0 ? { tool_calls: toolCalls } : {}) },
    text,
    calls,
  };
}

function firstMessage(body: unknown): JsonRecord {
  const { choices } = isRecord(body) ? body : {};
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const { message } = isRecord(choice) ? choice : {};
  if (!isRecord(message)) throw new Error('the model endpoint answered without a message');
  return message;
}

function readCall(call: JsonRecord): ToolCall {
  const { id, function: wanted } = call;
  const { name, arguments: input } = isRecord(wanted) ? wanted : {};
  if (!isString(id) || !isString(name)) {
    throw new Error('the model endpoint answered with a tool call that has no id or name');
  }
  return { id, name, arguments: isString(input) ? input : '' };
}
