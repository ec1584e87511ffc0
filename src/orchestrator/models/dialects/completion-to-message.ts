import type { ChatCompletion } from '../chat.ts';
import { type Block, type Message, stopReasonOf } from './messages.ts';
import { isJson } from './stream.ts';
import { nothingUsed, toMessageUsage, usageOfCompletion } from './usage.ts';

/** OpenAI's answer in Anthropic's words. */
export function toMessage(completion: ChatCompletion): Message {
  const { id, model, choices } = completion;
  const [choice] = choices;
  const { content, tool_calls: calls } = choice?.message ?? {};
  const said: Block[] = content ? [{ type: 'text', text: content }] : [];
  const used = (calls ?? []).map(({ id: callId, function: { name, arguments: input } }) => ({
    type: 'tool_use',
    id: callId,
    name,
    input: readInput(input),
  }));
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [...said, ...used],
    stop_reason: stopReasonOf(choice?.finish_reason, used.length),
    stop_sequence: null,
    usage: toMessageUsage(usageOfCompletion(completion) ?? nothingUsed),
  };
}

/** As the model wrote it; what cannot be read is handed on for the client to refuse. */
function readInput(text: string): unknown {
  try {
    const input: unknown = JSON.parse(text || '{}');
    return isJson(input) ? input : { value: input };
  } catch {
    return { unreadable: text };
  }
}
