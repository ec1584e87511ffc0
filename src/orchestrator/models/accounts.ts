import type { AgentCaller } from '../gateway/identity.ts';

/** Whose call it is: an agent's, known by its token, or a benchmark's. */
export type Thinker = Pick<AgentCaller, 'actor' | 'instanceId'>;

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** Those of the written that are kept for an hour; left out where there are none. */
  cacheWriteHourTokens?: number;
}

export interface PlannedCall {
  caller: Thinker;
  provider: string;
  model: string;
  /* most it can cost */
  ceilingMicroUsd: number;
  ceilingTokens: number;
}

export interface CallOutcome {
  status: 'ok' | 'failed' | 'aborted';
  usage: Usage | undefined;
  costMicroUsd: number;
  /* ms */
  firstTokenMs: number | undefined;
  durationMs: number;
  attempts: number;
  errorCode: string | undefined;
  prompt?: string /* only with llm.record_prompts */;
}

export interface Reservation {
  settle(outcome: CallOutcome): Promise<void>;
}

export interface Accounts {
  reserve(call: PlannedCall): Promise<Reservation> /* throws AppError('budget_exhausted') (402) */;
}
