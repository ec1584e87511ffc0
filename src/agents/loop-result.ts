import type { LoopOutcome } from '../contracts/gateway.ts';

/** What came of one loop. */
export interface LoopResult {
  readonly outcome: LoopOutcome;
  readonly summary: string;
}
