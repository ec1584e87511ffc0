import { finishReasonOf } from './messages.ts';
import { frame, type Json, MalformedAnswer, parseEvent, recordOf, type StreamTranslator, textOf } from './stream.ts';
import { createUsageTap, toChatUsage } from './usage.ts';

interface Call {
  /** Anthropic counts all blocks, OpenAI the calls. */
  readonly number: number;
  /** Usually empty, and told in pieces; some tell it whole. */
  readonly input: Json;
  hasPieces: boolean;
}

/** Anthropic's stream as OpenAI's chunks. */
export function createChatTranslator({ includeUsage }: { readonly includeUsage: boolean }): StreamTranslator {
  const tap = createUsageTap('anthropic');
  let id = '';
  let model = '';
  let callCount = 0;
  /** By their numbers; those that are no calls of the client's too, and under none the one that began last. */
  const blocks = new Map<unknown, Call | undefined>();

  const chunk = (rest: Json): string =>
    frame({
      data: JSON.stringify({
        id,
        object: 'chat.completion.chunk',
        created: 0,
        model,
        ...(includeUsage && { usage: null }),
        ...rest,
      }),
    });
  const delta = (change: Json, finishReason: string | null = null): string =>
    chunk({ choices: [{ index: 0, delta: change, finish_reason: finishReason }] });
  const argue = ({ number: index }: Call, json: string): string =>
    delta({ tool_calls: [{ index, function: { arguments: json } }] });

  function begin({ index, content_block: said }: Json): string {
    const block = recordOf(said);
    const isCall = block['type'] === 'tool_use';
    const call: Call = { number: callCount, input: recordOf(block['input']), hasPieces: false };
    blocks.set(index, isCall ? call : undefined);
    if (!isCall) return block['type'] === 'text' && block['text'] ? delta({ content: textOf(block['text']) }) : '';
    callCount += 1;
    const called = { name: textOf(block['name']), arguments: '' };
    return delta({
      tool_calls: [{ index: call.number, id: textOf(block['id']), type: 'function', function: called }],
    });
  }

  function goOn({ index, delta: change }: Json): string {
    const { type, text, partial_json: json } = recordOf(change);
    if (type === 'text_delta') return delta({ content: textOf(text) });
    if (type !== 'input_json_delta' || textOf(json) === '') return '';
    if (!blocks.has(index)) throw new MalformedAnswer('a piece of a call that never began');
    const call = blocks.get(index);
    // Of a tool that runs at the provider: nothing for the client to do.
    if (!call) return '';
    call.hasPieces = true;
    return argue(call, textOf(json));
  }

  /** Those that need no arguments say nothing, which is no JSON. */
  function complete(index: unknown): string {
    const call = blocks.get(index);
    if (!call || call.hasPieces) return '';
    call.hasPieces = true;
    return argue(call, JSON.stringify(call.input));
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
        case 'content_block_stop':
          return complete(parsed['index']);
        case 'message_delta': {
          const { stop_reason: reason } = recordOf(parsed['delta']);
          return reason ? [...blocks.keys()].map(complete).join('') + delta({}, finishReasonOf(reason)) : '';
        }
        default:
          return '';
      }
    },
    end() {
      const usage = tap.usage();
      const last = includeUsage && usage ? chunk({ choices: [], usage: toChatUsage(usage) }) : '';
      return last + frame({ data: '[DONE]' });
    },
  };
}
