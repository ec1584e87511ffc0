import type { ChatCompletion } from '../chat.ts';
import { inputOf } from './input.ts';
import { type Block, type Message, stopReasonOf } from './messages.ts';
import { textOf } from './stream.ts';
import { nothingUsed, toMessageUsage, usageOfCompletion } from './usage.ts';

/** OpenAI's answer in Anthropic's words. */
export function toMessage(completion: ChatCompletion): Message {
  const { id, model, choices } = completion;
  const [choice] = choices;
  const { content, tool_calls: calls } = choice?.message ?? {};
  const words = textOf(content) + textOf(choice?.message['refusal']);
  const said: Block[] = words === '' ? [] : [{ type: 'text', text: words }];
  const used = (calls ?? []).map(({ id: callId, function: { name, arguments: input } }) => ({
    type: 'tool_use',
    id: callId,
    name,
    input: inputOf(input),
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
