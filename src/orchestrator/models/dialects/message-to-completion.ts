import type { ChatCompletion } from '../chat.ts';
import { finishReasonOf, type Message } from './messages.ts';
import { textOf } from './stream.ts';
import { toChatUsage, usageOfMessage } from './usage.ts';

/** Anthropic's answer in OpenAI's words. It says no time, so there is none. */
export function toChatCompletion(message: Message): ChatCompletion {
  const { id, model, content, stop_reason: stopReason } = message;
  const words = content.flatMap(({ type, text }) => (type === 'text' ? [textOf(text)] : [])).join('');
  const calls = content
    .filter(({ type }) => type === 'tool_use')
    .map(({ id: callId, name, input }) => ({
      id: textOf(callId),
      type: 'function' as const,
      function: { name: textOf(name), arguments: JSON.stringify(input ?? {}) },
    }));
  const usage = usageOfMessage(message);
  return {
    id,
    object: 'chat.completion',
    created: 0,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: words === '' ? null : words,
          ...(calls.length > 0 && { tool_calls: calls }),
        },
        finish_reason: finishReasonOf(stopReason),
      },
    ],
    ...(usage && { usage: toChatUsage(usage) }),
  };
}
