import { type ChatMessage, type ChatRequest, textOf as wordsOf } from '../chat.ts';
import type { Block, MessagesRequest, Turn } from './messages.ts';
import { isJson, recordOf, textOf } from './stream.ts';

/** OpenAI's request in Anthropic's words. */
export function toMessagesRequest(request: ChatRequest, defaults: { readonly maxTokens: number }): MessagesRequest {
  const { model, messages, tools, stream } = request;
  const system = messages
    .filter(({ role }) => role === 'system' || role === 'developer')
    .map(({ content }) => wordsOf(content));
  const offered = (tools ?? []).flatMap(({ function: tool }) => (tool ? [toTool(tool)] : []));
  const stop = [request['stop']].flat().filter((sequence) => typeof sequence === 'string');
  const maxTokens = [request['max_completion_tokens'], request['max_tokens']].find(
    (given) => typeof given === 'number',
  );
  const { temperature, top_p: topP, user } = request as Record<string, unknown>;
  const choice = toToolChoice(request);
  return {
    model,
    max_tokens: maxTokens ?? defaults.maxTokens,
    messages: toTurns(messages),
    ...(system.length > 0 && { system: system.join('\n\n') }),
    ...(offered.length > 0 && { tools: offered }),
    ...(offered.length > 0 && choice && { tool_choice: choice }),
    ...(stop.length > 0 && { stop_sequences: stop }),
    // Theirs goes up to 2, Anthropic's to 1.
    ...(typeof temperature === 'number' && { temperature: Math.min(1, Math.max(0, temperature)) }),
    ...(typeof topP === 'number' && { top_p: topP }),
    ...(typeof user === 'string' && { metadata: { user_id: user } }),
    ...(stream === true && { stream }),
  };
}

function toTool(tool: { name: string; parameters?: Record<string, unknown> | undefined }) {
  const { description } = tool as { description?: unknown };
  return {
    name: tool.name,
    ...(typeof description === 'string' && { description }),
    input_schema: { type: 'object', ...tool.parameters },
  };
}

function toToolChoice(request: ChatRequest): { type: string; [key: string]: unknown } | undefined {
  const { tool_choice: wanted } = request;
  const alone = request['parallel_tool_calls'] === false ? { disable_parallel_tool_use: true } : {};
  if (wanted === 'none') return { type: 'none' };
  if (wanted === 'required') return { type: 'any', ...alone };
  if (isJson(wanted)) return { type: 'tool', name: textOf(recordOf(wanted['function'])['name']), ...alone };
  return wanted === 'auto' || Object.keys(alone).length > 0 ? { type: 'auto', ...alone } : undefined;
}

/** Anthropic wants the two to take turns: what one says in several messages becomes one. */
function toTurns(messages: readonly ChatMessage[]): Turn[] {
  const turns: { role: Turn['role']; content: Block[] }[] = [];
  for (const message of messages) {
    if (message.role === 'system' || message.role === 'developer') continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const blocks = toBlocks(message);
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else if (blocks.length > 0) turns.push({ role, content: blocks });
  }
  return turns;
}

function toBlocks({ role, content, tool_calls: calls, tool_call_id: callId }: ChatMessage): Block[] {
  if (role === 'tool' || role === 'function')
    return [{ type: 'tool_result', tool_use_id: callId ?? '', content: wordsOf(content) }];
  const said = typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []).map(toBlock);
  const used = (calls ?? []).map(({ id, function: { name, arguments: input } }) => ({
    type: 'tool_use',
    id,
    name,
    input: inputOf(input),
  }));
  // An empty text is refused.
  return [...said.filter(({ type, text }: Block) => type !== 'text' || textOf(text) !== ''), ...used];
}

function toBlock(part: { type: string; text?: string | undefined; [key: string]: unknown }): Block {
  if (part.type === 'text') return { type: 'text', text: part.text ?? '' };
  if (part.type !== 'image_url') return { type: 'text', text: `[${part.type}]` };
  const url = textOf(recordOf(part['image_url'])['url']);
  const [, mediaType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? [];
  const source = data === undefined ? { type: 'url', url } : { type: 'base64', media_type: mediaType, data };
  return { type: 'image', source };
}

/** As a model wrote it, which may be no JSON. */
function inputOf(text: string): unknown {
  try {
    const input: unknown = JSON.parse(text || '{}');
    return isJson(input) ? input : { value: input };
  } catch {
    return { unreadable: text };
  }
}
