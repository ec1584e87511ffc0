import { finishReasonOf } from './messages.ts';
import { isJson, type Json, parseEvent, recordOf, type StreamTranslator, textOf } from './stream.ts';
import { createUsageTap, toChatUsage } from './usage.ts';

/** Anthropic's stream as OpenAI's chunks. */
export function createChatTranslator({ includeUsage }: { readonly includeUsage: boolean }): StreamTranslator {
  const tap = createUsageTap('anthropic');
  let id = '';
  let model = '';
  let toolCount = 0;
  /** Anthropic counts all blocks, OpenAI the calls. */
  const callByBlock = new Map<unknown, number>();

  const chunk = (rest: Json): string =>
    frame({ id, object: 'chat.completion.chunk', created: 0, model, ...(includeUsage && { usage: null }), ...rest });
  const delta = (change: Json, finishReason: string | null = null): string =>
    chunk({ choices: [{ index: 0, delta: change, finish_reason: finishReason }] });

  function begin({ index, content_block: block }: Json): string {
    if (!isJson(block) || block['type'] !== 'tool_use') return '';
    callByBlock.set(index, toolCount);
    toolCount += 1;
    const call = { name: textOf(block['name']), arguments: '' };
    return delta({
      tool_calls: [{ index: toolCount - 1, id: textOf(block['id']), type: 'function', function: call }],
    });
  }

  function goOn({ index, delta: change }: Json): string {
    const { type, text, partial_json: json } = recordOf(change);
    if (type === 'text_delta') return delta({ content: textOf(text) });
    if (type !== 'input_json_delta' || json === '') return '';
    return delta({ tool_calls: [{ index: callByBlock.get(index) ?? 0, function: { arguments: textOf(json) } }] });
  }

  return {
    push(event) {
      tap.push(event);
      const parsed = parseEvent(event);
      switch (parsed['type']) {
        case 'message_start': {
          const message = recordOf(parsed['message']);
          [id, model] = [textOf(message['id']), textOf(message['model'])];
          return delta({ role: 'assistant', content: '' });
        }
        case 'content_block_start':
          return begin(parsed);
        case 'content_block_delta':
          return goOn(parsed);
        case 'message_delta': {
          const { stop_reason: reason } = recordOf(parsed['delta']);
          return reason ? delta({}, finishReasonOf(reason)) : '';
        }
        default:
          return '';
      }
    },
    end() {
      const usage = tap.usage();
      const last = includeUsage && usage ? chunk({ choices: [], usage: toChatUsage(usage) }) : '';
      return `${last}data: [DONE]\n\n`;
    },
  };
}

const frame = (json: Json): string => `data: ${JSON.stringify(json)}\n\n`;
