import type { ChatMessage, ChatRequest } from '../chat.ts';
import type { Block, MessagesRequest, Turn } from './messages.ts';
import { isJson, listOf, recordOf, textOf } from './stream.ts';
import { Untranslatable } from './untranslatable.ts';

/**
 * Anthropic's request in OpenAI's words. What a model thought to itself is left out: no other one can read it. Throws
 * `Untranslatable`; fields that are not looked at here are `messagesFields`' affair.
 */
export function toChatRequest(request: MessagesRequest): ChatRequest {
  const { model, max_tokens: maxTokens, messages, system, tools, stream } = request;
  const { stop_sequences: stop, temperature, top_p: topP, metadata } = request as Record<string, unknown>;
  const user = recordOf(metadata)['user_id'];
  const choice = tools && toToolChoice(request);
  return {
    model,
    messages: [...(system === undefined ? [] : [toSystem(system)]), ...messages.flatMap(toMessages)],
    max_tokens: maxTokens,
    ...(tools && { tools: tools.map(toTool) }),
    ...choice,
    ...(Array.isArray(stop) && { stop }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(typeof user === 'string' && { user }),
    ...toResponseFormat(request),
    ...(stream === true && { stream, stream_options: { include_usage: true } }),
  };
}

const wordsOf = (content: string | readonly Block[]): string =>
  typeof content === 'string'
    ? content
    : content.flatMap(({ type, text }) => (type === 'text' ? [textOf(text)] : [])).join('\n');

const toSystem = (system: string | readonly Block[]): ChatMessage => ({ role: 'system', content: wordsOf(system) });

/** Anthropic's holds, so OpenAI's is to hold as well. The effort is a wish, and each model's own affair. */
function toResponseFormat({ output_config: config, output_format: older }: MessagesRequest) {
  const { format = older, effort: _effort, ...others } = recordOf(config);
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw new Untranslatable('output_config', `OpenAI's models know nothing like ${other.slice(0, 80)}`);
  if (format === undefined || format === null) return {};
  const { type, schema } = recordOf(format);
  if (type !== 'json_schema' || !isJson(schema))
    throw new Untranslatable('output_config', 'a format is of the type json_schema and has its schema');
  return { response_format: { type, json_schema: { name: 'answer', schema, strict: true } } };
}

type Tool = NonNullable<MessagesRequest['tools']>[number];

function toTool({ type, name, description, input_schema: parameters, strict }: Tool) {
  // Others have a schema that only Anthropic's models know.
  if ((type ?? 'custom') !== 'custom') throw unreadable('tools', type);
  return {
    type: 'function',
    function: {
      name,
      ...(description !== undefined && { description }),
      parameters: parameters ?? { type: 'object' },
      ...(strict === true && { strict }),
    },
  };
}

function toToolChoice({ tool_choice: choice }: MessagesRequest) {
  if (!choice) return {};
  const alone = choice['disable_parallel_tool_use'] === true ? { parallel_tool_calls: false } : {};
  switch (choice.type) {
    case 'auto':
      return { tool_choice: 'auto', ...alone };
    case 'any':
      return { tool_choice: 'required', ...alone };
    case 'none':
      return { tool_choice: 'none', ...alone };
    case 'tool':
      return { tool_choice: { type: 'function', function: { name: textOf(choice['name']) } }, ...alone };
    default:
      throw unreadable('tool_choice', choice.type);
  }
}

function toMessages({ role, content }: Turn): ChatMessage[] {
  if (role === 'system') return [toSystem(content)];
  if (typeof content === 'string') return [{ role, content }];
  return role === 'assistant' ? [toAnswer(content)] : toQuestions(content);
}

const answering: readonly string[] = ['text', 'tool_use', 'thinking', 'redacted_thinking'];

function toAnswer(blocks: readonly Block[]): ChatMessage {
  const other = blocks.find(({ type }) => !answering.includes(type));
  if (other) throw unreadable('messages', other.type);
  const calls = blocks.filter(({ type }) => type === 'tool_use').map(toCall);
  const words = wordsOf(blocks);
  return { role: 'assistant', content: words === '' ? null : words, ...(calls.length > 0 && { tool_calls: calls }) };
}

const toCall = ({ id, name, input }: Block) => ({
  id: textOf(id),
  type: 'function' as const,
  function: { name: textOf(name), arguments: JSON.stringify(input ?? {}) },
});

/** Results first, each a message of its own: OpenAI wants them directly behind the calls, and in words. */
function toQuestions(blocks: readonly Block[]): ChatMessage[] {
  const given = blocks.filter(({ type }) => type === 'tool_result');
  const pictures = given.flatMap(({ content }) => listOf(content).filter(({ type }) => type === 'image'));
  const asked = blocks.filter(({ type }) => type !== 'tool_result');
  const parts = [...pictures, ...asked].map(toPart);
  return [...given.map(toResult), ...(parts.length === 0 ? [] : [{ role: 'user' as const, content: parts }])];
}

function toResult({ tool_use_id: callId, content, is_error: isError }: Block): ChatMessage {
  const parts = listOf(content);
  const other = parts.find(({ type }) => type !== 'text' && type !== 'image');
  if (other) throw unreadable('messages', other['type']);
  const words = Array.isArray(content) ? wordsOf(parts as Block[]) : textOf(content);
  return { role: 'tool', tool_call_id: textOf(callId), content: isError === true ? `Error: ${words}` : words };
}

function toPart({ type, text, source: from, title }: Readonly<Record<string, unknown>>): {
  type: string;
  text?: string;
  [key: string]: unknown;
} {
  if (type === 'text') return { type, text: textOf(text) };
  const source = recordOf(from);
  if (type === 'document' && source['type'] === 'text')
    return { type: 'text', text: [title, source['data']].map(textOf).filter(Boolean).join('\n\n') };
  if (type !== 'image') throw unreadable('messages', type);
  switch (source['type']) {
    case 'url':
      return { type: 'image_url', image_url: { url: textOf(source['url']) } };
    case 'base64':
      return {
        type: 'image_url',
        image_url: { url: `data:${textOf(source['media_type'])};base64,${textOf(source['data'])}` },
      };
    default:
      throw unreadable('messages', `image from ${textOf(source['type'])}`);
  }
}

const unreadable = (field: string, type: unknown) =>
  new Untranslatable(field, `OpenAI's models know nothing of the type ${textOf(type).slice(0, 80)}`);
