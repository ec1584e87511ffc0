import { blockFrame, createBlocks } from './blocks.ts';
import { pieceOf } from './calls.ts';
import { stopReasonOf } from './messages.ts';
import { type Json, listOf, parseEvent, recordOf, type StreamTranslator, textOf } from './stream.ts';
import { createUsageTap, nothingUsed, toMessageUsage } from './usage.ts';

/** OpenAI's chunks as Anthropic's stream: what comes mixed there comes block after block here. */
export function createMessagesTranslator(): StreamTranslator {
  const tap = createUsageTap('openai');
  let id = '';
  let isBegun = false;
  let finishReason: unknown;
  const blocks = createBlocks((call) => callIdOf(id, call));

  function begin(chunk: Json): string {
    if (isBegun) return '';
    isBegun = true;
    id = textOf(chunk['id']);
    const message = {
      id,
      type: 'message',
      role: 'assistant',
      model: textOf(chunk['model']),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: toMessageUsage(nothingUsed),
    };
    return blockFrame('message_start', { message });
  }

  function hear({ content, refusal, tool_calls: calls }: Json): void {
    const words = textOf(content) + textOf(refusal);
    if (words !== '') blocks.say(words);
    for (const call of listOf(calls)) blocks.call(pieceOf(call));
  }

  return {
    push(event) {
      if (event.data === '[DONE]') return '';
      tap.push(event);
      const chunk = parseEvent(event);
      const beginning = begin(chunk);
      // Anthropic's has one answer; more cannot have been asked for.
      for (const choice of listOf(chunk['choices']).filter(({ index }) => (index ?? 0) === 0)) {
        hear(recordOf(choice['delta']));
        finishReason = choice['finish_reason'] ?? finishReason;
      }
      return beginning + blocks.drain();
    },
    end() {
      const rest = begin({}) + blocks.end();
      const delta = { stop_reason: stopReasonOf(finishReason, blocks.callCount()), stop_sequence: null };
      const usage = toMessageUsage(tap.usage() ?? nothingUsed);
      return rest + blockFrame('message_delta', { delta, usage }) + blockFrame('message_stop', {});
    },
  };
}

/** For a call that its provider gave none: the answer to it must name it. */
const callIdOf = (answer: string, call: number): string =>
  `${answer.replaceAll(/[^\w-]/g, '').slice(0, 40) || 'call'}_${call}`;
