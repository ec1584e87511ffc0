import { benchmarkCaller } from '../../contracts/benchmark.ts';
import { AppError } from '../../contracts/errors.ts';
import type { CallOutcome } from '../models/accounts.ts';
import type { Think } from '../models/think.ts';
import type { Clock } from '../platform/clock.ts';
import { Ear } from './ear.ts';

export interface Question {
  readonly runId: string;
  readonly model: string;
  readonly system: string;
  readonly prompt: string;
  readonly maxTokens: number;
  readonly signal: AbortSignal;
}

export interface Reply {
  /** Without NUL characters, which the database does not take. */
  readonly text: string;
  /** The answer ended where it had to. */
  readonly isCut: boolean;
  /** Why there is no answer, or only the beginning of one. */
  readonly error: string | null;
  readonly firstTokenMs: number | null;
  readonly totalMs: number | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costMicroUsd: number;
}

/** One call of exactly this model. Rejects when the signal aborts, and where the fault is ours and not the model's. */
export type Ask = (question: Question) => Promise<Reply>;

/** A model that talks for longer has not answered. */
const answerMsMax = 600_000;

/** By the same road as the agents' calls: budgets, retries, prices and records are theirs. */
export function createAsk({ think, clock }: { readonly think: Think; readonly clock: Clock }): Ask {
  return async ({ runId, model, system, prompt, maxTokens, signal }) => {
    signal.throwIfAborted();
    const ear = new Ear(clock.monotonic);
    const over = new AbortController();
    const leave = () => ear.destroy();
    signal.addEventListener('abort', leave, { once: true });
    const tooLate = clock.sleep(answerMsMax, over.signal).then(() => {
      if (over.signal.aborted) return;
      ear.complaint = `it did not come to an end within ${answerMsMax / 1_000} s`;
      leave();
    });
    const began = clock.monotonic();
    let outcome: CallOutcome | undefined;
    const thought = {
      caller: { actor: { name: benchmarkCaller, agentId: null }, instanceId: runId },
      taskType: undefined,
      isExact: true,
      headers: {},
      response: ear,
      dialect: 'anthropic' as const,
      body: {
        model,
        max_tokens: maxTokens,
        system,
        messages: [{ role: 'user' as const, content: prompt }],
        stream: true,
      },
      onOutcome: (known: CallOutcome) => {
        outcome = known;
      },
    };
    const error = await think(thought).then(() => null, complaintOf);
    const totalMs = clock.monotonic() - began;
    over.abort();
    await tooLate;
    signal.removeEventListener('abort', leave);
    signal.throwIfAborted();
    return { ...replyOf(ear, { error, began, totalMs }), ...usedBy(outcome) };
  };
}

/** What the model, its provider or a budget has against it; everything else is thrown. */
function complaintOf(error: unknown): string {
  if (error instanceof AppError && error.code !== 'dependency_unavailable') return error.message;
  throw error;
}

function replyOf(ear: Ear, { error, began, totalMs }: { error: string | null; began: number; totalMs: number }) {
  const { text, firstWordAt, isCut, complaint } = ear;
  const because = error ?? complaint ?? (text.trim() === '' ? emptyBecause(isCut) : null);
  return {
    text: text.replaceAll('\u0000', '').toWellFormed(),
    isCut,
    error: because,
    firstTokenMs: firstWordAt === undefined ? null : Math.round(firstWordAt - began),
    totalMs: firstWordAt === undefined ? null : Math.round(totalMs),
  };
}

const emptyBecause = (isCut: boolean) =>
  isCut ? 'it used up all its tokens before it said a word' : 'the answer has no words';

function usedBy(outcome: CallOutcome | undefined): Pick<Reply, 'inputTokens' | 'outputTokens' | 'costMicroUsd'> {
  const { usage, costMicroUsd = 0 } = outcome ?? {};
  if (!usage) return { inputTokens: null, outputTokens: null, costMicroUsd };
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = usage;
  return { inputTokens: inputTokens + cacheReadTokens + cacheWriteTokens, outputTokens, costMicroUsd };
}
