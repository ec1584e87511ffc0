import { stopReasonOf } from './messages.ts';
import { isJson, type Json, parseEvent, recordOf, type StreamTranslator, textOf } from './stream.ts';
import { createUsageTap, toMessageUsage } from './usage.ts';

const nothingUsed = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** OpenAI's chunks as Anthropic's stream: what comes mixed there comes block after block here. */
export function createMessagesTranslator(): StreamTranslator {
  const tap = createUsageTap('openai');
  let isBegun = false;
  let stopReason = 'end_turn';
  let blocks = 0;
  /** The open block: the text, or the call of this number. */
  let open: 'text' | number | undefined;

  function begin({ id, model }: Json): string {
    if (isBegun) return '';
    isBegun = true;
    const message = {
      id: textOf(id),
      type: 'message',
      role: 'assistant',
      model: textOf(model),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: toMessageUsage(nothingUsed),
    };
    return frame('message_start', { message });
  }

  function close(): string {
    if (open === undefined) return '';
    open = undefined;
    return frame('content_block_stop', { index: blocks - 1 });
  }

  function enter(what: 'text' | number, block: Json): string {
    if (open === what) return '';
    const closed = close();
    open = what;
    blocks += 1;
    return closed + frame('content_block_start', { index: blocks - 1, content_block: block });
  }

  const say = (delta: Json): string => frame('content_block_delta', { index: blocks - 1, delta });

  function write({ content, tool_calls: calls }: Json): string {
    let said = '';
    if (typeof content === 'string' && content !== '')
      said += enter('text', { type: 'text', text: '' }) + say({ type: 'text_delta', text: content });
    for (const call of Array.isArray(calls) ? calls.filter(isJson) : []) {
      const { name, arguments: json } = recordOf(call['function']);
      const number = typeof call['index'] === 'number' ? call['index'] : 0;
      said += enter(number, { type: 'tool_use', id: textOf(call['id']), name: textOf(name), input: {} });
      if (textOf(json) !== '') said += say({ type: 'input_json_delta', partial_json: textOf(json) });
    }
    return said;
  }

  return {
    push(event) {
      if (event.data === '[DONE]') return '';
      tap.push(event);
      const chunk = parseEvent(event);
      let said = begin(chunk);
      for (const choice of Array.isArray(chunk['choices']) ? chunk['choices'].filter(isJson) : []) {
        said += write(recordOf(choice['delta']));
        if (choice['finish_reason']) stopReason = stopReasonOf(choice['finish_reason']);
      }
      return said;
    },
    end() {
      const usage = toMessageUsage(tap.usage() ?? nothingUsed);
      return (
        begin({}) +
        close() +
        frame('message_delta', { delta: { stop_reason: stopReason, stop_sequence: null }, usage }) +
        frame('message_stop', {})
      );
    },
  };
}

const frame = (type: string, rest: Json): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
