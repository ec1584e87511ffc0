import { type ChatMessage, type ChatRequest, textOf as wordsOf } from '../chat.ts';
import { inputOf } from './input.ts';
import type { Block, MessagesRequest, Turn } from './messages.ts';
import { isJson, listOf, recordOf, textOf } from './stream.ts';
import { Untranslatable } from './untranslatable.ts';

/** OpenAI's request in Anthropic's words. Throws `Untranslatable`; fields that are not looked at here are `chatFields`' affair. */
export function toMessagesRequest(request: ChatRequest, defaults: { readonly maxTokens: number }): MessagesRequest {
  const { model, messages, tools, stream } = request;
  const system = messages.filter(isSystem).map(toSystem);
  const offered = (tools ?? []).map(toTool);
  const stop = [request['stop']].flat().filter((sequence) => typeof sequence === 'string');
  const maxTokens = [request['max_completion_tokens'], request['max_tokens']].find(
    (given) => typeof given === 'number',
  );
  const { temperature, top_p: topP, top_k: topK, user, response_format: format } = request as Record<string, unknown>;
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
    ...(typeof topK === 'number' && { top_k: topK }),
    ...(typeof user === 'string' && { metadata: { user_id: user } }),
    ...toOutputConfig(format),
    ...(stream === true && { stream }),
  };
}

const isSystem = ({ role }: ChatMessage): boolean => role === 'system' || role === 'developer';

function toSystem({ content }: ChatMessage): string {
  refuseAllBut(['text'], content);
  return wordsOf(content);
}

/** Any JSON will do for OpenAI; Anthropic wants to know which. */
function toOutputConfig(format: unknown) {
  const { type, json_schema: wanted } = recordOf(format);
  if (format === undefined || format === null || type === 'text') return {};
  const schema = recordOf(wanted)['schema'];
  if (type === 'json_schema' && isJson(schema)) return { output_config: { format: { type, schema } } };
  throw new Untranslatable(
    'response_format',
    "Anthropic's models take a json_schema, with its schema, and no other format",
  );
}

function toTool({ type, function: tool }: NonNullable<ChatRequest['tools']>[number]) {
  if (!tool) throw new Untranslatable('tools', `Anthropic's models know no tool of the type ${type.slice(0, 80)}`);
  const { description, strict } = tool as { description?: unknown; strict?: unknown };
  return {
    name: tool.name,
    ...(typeof description === 'string' && { description }),
    input_schema: { type: 'object', ...tool.parameters },
    ...(strict === true && { strict }),
  };
}

function toToolChoice(request: ChatRequest): { type: string; [key: string]: unknown } | undefined {
  const { tool_choice: wanted } = request;
  const alone = request['parallel_tool_calls'] === false ? { disable_parallel_tool_use: true } : {};
  if (wanted === 'none') return { type: 'none' };
  if (wanted === 'required') return { type: 'any', ...alone };
  if (wanted === 'auto') return { type: 'auto', ...alone };
  if (wanted === undefined || wanted === null)
    return Object.keys(alone).length > 0 ? { type: 'auto', ...alone } : undefined;
  const { name } = recordOf(recordOf(wanted)['function']);
  if (typeof name === 'string') return { type: 'tool', name, ...alone };
  throw new Untranslatable('tool_choice', "Anthropic's models take auto, none, required, or one function by its name");
}

/** Anthropic wants the two to take turns: what one says in several messages becomes one. */
function toTurns(messages: readonly ChatMessage[]): Turn[] {
  const turns: { role: Turn['role']; content: Block[] }[] = [];
  for (const message of messages) {
    if (isSystem(message)) continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const blocks = toBlocks(message);
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else if (blocks.length > 0) turns.push({ role, content: blocks });
  }
  return turns;
}

function toBlocks(message: ChatMessage): Block[] {
  const { role, content, tool_calls: calls, tool_call_id: callId } = message;
  for (const field of ['function_call', 'audio'])
    if (message[field]) throw new Untranslatable('messages', `Anthropic's models cannot read a message's ${field}`);
  if (role === 'function') throw new Untranslatable('messages', 'the role function is out of use; take tool');
  if (role === 'tool') {
    refuseAllBut(['text'], content);
    return [{ type: 'tool_result', tool_use_id: callId ?? '', content: wordsOf(content) }];
  }
  const said = typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []).map(toBlock);
  const refused = textOf(message['refusal']);
  const used = (calls ?? []).map(({ id, function: { name, arguments: input } }) => ({
    type: 'tool_use',
    id,
    name,
    input: inputOf(input),
  }));
  // An empty text is refused.
  const words = [...said, { type: 'text', text: refused }];
  return [...words.filter(({ type, text }: Block) => type !== 'text' || textOf(text) !== ''), ...used];
}

function toBlock(part: { type: string; text?: string | undefined; [key: string]: unknown }): Block {
  if (part.type === 'text') return { type: 'text', text: part.text ?? '' };
  if (part.type === 'refusal') return { type: 'text', text: textOf(part['refusal']) };
  refuseAllBut(['image_url'], [part]);
  const url = textOf(recordOf(part['image_url'])['url']);
  const [, mediaType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? [];
  const source = data === undefined ? { type: 'url', url } : { type: 'base64', media_type: mediaType, data };
  return { type: 'image', source };
}

function refuseAllBut(known: readonly string[], content: unknown): void {
  const other = listOf(content).find(({ type }) => !known.includes(textOf(type)));
  if (other)
    throw new Untranslatable(
      'messages',
      `Anthropic's models cannot read a part of the type ${shown(other['type'])} here`,
    );
}

const shown = (type: unknown): string => textOf(type).slice(0, 80);
