import { type ChatCompletion, type ChatRequest, type ChatToolCall, textOf } from './chat.ts';
import { hexHash } from './rehearsal-hash.ts';
import type { Move } from './rehearsal-move.ts';
import { nextMoves } from './rehearsal-moves.ts';
import { readSituation } from './rehearsal-situation.ts';
import { summaryOf } from './rehearsal-summary.ts';
import { rehearsed } from './rehearsal-voice.ts';

/**
 * A model without a model: rules that play each role plausibly, so that everything around the thinking can be tried without a key.
 * No state, no clock, no chance: the same request gives the same answer.
 */
export function rehearse(request: ChatRequest): ChatCompletion {
  const situation = readSituation(request);
  if (!situation) return completion(request, { content: smallTalk(request), calls: [] });
  const moves = nextMoves(situation);
  return moves.length > 0
    ? completion(request, { content: null, calls: moves.map((move, index) => toolCall(request, move, index)) })
    : completion(request, { content: summaryOf(situation), calls: [] });
}

function smallTalk({ messages }: ChatRequest): string {
  const question = textOf(messages.findLast(({ role }) => role === 'user')?.content)
    .slice(0, 300)
    .toWellFormed();
  return rehearsed(`I am a set of rules, there is no model behind me. I was asked: "${question}"`);
}

/** The position in the conversation is part of the id: the same call made twice is two calls. */
function toolCall({ messages }: ChatRequest, { name, input }: Move, index: number): ChatToolCall {
  const text = JSON.stringify(input);
  const id = `call_${hexHash(`${messages.length}:${index}:${name}:${text}`).slice(0, 24)}`;
  return { id, type: 'function', function: { name, arguments: text } };
}

interface Answer {
  readonly content: string | null;
  readonly calls: ChatToolCall[];
}

function completion(request: ChatRequest, { content, calls }: Answer): ChatCompletion {
  const promptTokens = tokensIn(JSON.stringify([request.messages, request.tools ?? []]));
  const completionTokens = tokensIn(`${content ?? ''}${calls.length > 0 ? JSON.stringify(calls) : ''}`);
  return {
    id: `chatcmpl-${hexHash(JSON.stringify(request)).slice(0, 24)}`,
    object: 'chat.completion',
    created: 0,
    model: request.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, ...(calls.length > 0 ? { tool_calls: calls } : {}) },
        finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
      },
    ],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  };
}

/** Rough, as English text goes. */
const tokensIn = (text: string): number => Math.ceil(text.length / 4);
