import type { AgentCaller } from '../gateway/identity.ts';

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** Those of the written that are kept for an hour; left out where there are none. */
  cacheWriteHourTokens?: number;
  /** What the provider says it has charged for it all; most leave that to their price lists. */
  chargedMicroUsd?: number;
}

/** On whose account a call is made: an agent's, in one of its lives, a benchmark's, or the orchestrator's own. */
export type Payer = Pick<AgentCaller, 'actor' | 'instanceId'>;

export interface PlannedCall {
  caller: Payer;
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
