import { type CallPiece, callOf, pieceOf } from './calls.ts';
import { frame, isJson, type Json, listOf, parseEvent, recordOf, type StreamTranslator } from './stream.ts';

/** Quotes within an answer are escaped, so that most chunks go on as they came. */
const mayDiffer = /"(usage|tool_calls)"/;

/**
 * OpenAI's chunks from whoever speaks them, as OpenAI's own clients read them: these put calls together by their numbers,
 * which Gemini leaves out and others give twice; and usage is for those who asked for it.
 */
export function createChatRepeater({ includeUsage }: { readonly includeUsage: boolean }): StreamTranslator {
  /** In the order in which they began, for each of the answers. */
  const calls = new Map<unknown, CallPiece[]>();

  function numbered(answer: unknown, call: Json): Json {
    const begun = calls.get(answer) ?? [];
    calls.set(answer, begun);
    const piece = pieceOf(call);
    const known = callOf(begun, piece);
    if (!known) begun.push(piece);
    return { ...call, index: known ? begun.indexOf(known) : begun.length - 1 };
  }

  function repeat(choice: Json): Json {
    const delta = recordOf(choice['delta']);
    const pieces = listOf(delta['tool_calls']);
    if (pieces.length === 0) return choice;
    return { ...choice, delta: { ...delta, tool_calls: pieces.map((piece) => numbered(choice['index'], piece)) } };
  }

  return {
    push(event) {
      if (!mayDiffer.test(event.data)) return frame(event);
      const { usage, ...chunk } = parseEvent(event);
      const choices = listOf(chunk['choices']);
      // A chunk of its own with most, beside a choice with some.
      if (!includeUsage && isJson(usage) && choices.length === 0) return '';
      const told = includeUsage && usage !== undefined ? { usage } : {};
      return frame({ ...event, data: JSON.stringify({ ...chunk, choices: choices.map(repeat), ...told }) });
    },
    end: () => '',
  };
}
