import type { LoopOutcome } from '../contracts/gateway.ts';

/** What came of a loop, as it is reported. */
export interface LoopResult {
  readonly outcome: LoopOutcome;
  readonly summary: string;
}
