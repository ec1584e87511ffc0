import type { ChatMessage, ChatRequest } from '../chat.ts';
import type { Block, MessagesRequest, Turn } from './messages.ts';
import { isJson, recordOf, textOf } from './stream.ts';

/** Anthropic's request in OpenAI's words. What a model thought to itself is left out: no other one can read it. */
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
    ...(stream === true && { stream, stream_options: { include_usage: true } }),
  };
}

const wordsOf = (content: string | readonly Block[]): string =>
  typeof content === 'string'
    ? content
    : content.flatMap(({ type, text }) => (type === 'text' ? [textOf(text)] : [])).join('\n');

const toSystem = (system: string | readonly Block[]): ChatMessage => ({ role: 'system', content: wordsOf(system) });

const toTool = ({ name, description, input_schema: parameters }: NonNullable<MessagesRequest['tools']>[number]) => ({
  type: 'function',
  function: { name, ...(description !== undefined && { description }), parameters: parameters ?? { type: 'object' } },
});

function toToolChoice({ tool_choice: choice }: MessagesRequest) {
  if (!choice) return {};
  const alone = choice['disable_parallel_tool_use'] === true ? { parallel_tool_calls: false } : {};
  switch (choice.type) {
    case 'any':
      return { tool_choice: 'required', ...alone };
    case 'none':
      return { tool_choice: 'none', ...alone };
    case 'tool':
      return { tool_choice: { type: 'function', function: { name: textOf(choice['name']) } }, ...alone };
    default:
      return { tool_choice: 'auto', ...alone };
  }
}

function toMessages({ role, content }: Turn): ChatMessage[] {
  if (typeof content === 'string') return [{ role, content }];
  return role === 'assistant' ? [toAnswer(content)] : toQuestions(content);
}

function toAnswer(blocks: readonly Block[]): ChatMessage {
  const calls = blocks.filter(({ type }) => type === 'tool_use').map(toCall);
  const words = wordsOf(blocks);
  return { role: 'assistant', content: words === '' ? null : words, ...(calls.length > 0 && { tool_calls: calls }) };
}

const toCall = ({ id, name, input }: Block) => ({
  id: textOf(id),
  type: 'function' as const,
  function: { name: textOf(name), arguments: JSON.stringify(input ?? {}) },
});

/** Results first, each a message of its own: OpenAI wants them directly behind the calls. */
function toQuestions(blocks: readonly Block[]): ChatMessage[] {
  const results = blocks
    .filter(({ type }) => type === 'tool_result')
    .map(
      (block): ChatMessage => ({
        role: 'tool',
        tool_call_id: textOf(block['tool_use_id']),
        content: resultOf(block['content']),
      }),
    );
  const parts = blocks.flatMap(toPart);
  return parts.length === 0 ? results : [...results, { role: 'user', content: parts }];
}

const resultOf = (content: unknown): string =>
  Array.isArray(content) ? wordsOf(content.filter(isJson) as Block[]) : textOf(content);

function toPart(block: Block): { type: string; text?: string; [key: string]: unknown }[] {
  if (block.type === 'text') return [{ type: 'text', text: textOf(block['text']) }];
  if (block.type !== 'image') return [];
  const source = recordOf(block['source']);
  const url =
    source['type'] === 'url'
      ? textOf(source['url'])
      : `data:${textOf(source['media_type'])};base64,${textOf(source['data'])}`;
  return [{ type: 'image_url', image_url: { url } }];
}
