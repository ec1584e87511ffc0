import type { Budget } from '../../../src/contracts/budget.ts';

/**
 * What becomes of a budget if it goes on as it has since its period began. `early`: that is too short a time to say. `spent`:
 * nothing is left. `runs_out` at a moment (milliseconds since 1970) before it begins anew; `lasts` with this share of it.
 */
export type Forecast =
  | { readonly kind: 'unused' | 'early' | 'spent' }
  | { readonly kind: 'runs_out'; readonly at: number }
  | { readonly kind: 'lasts'; readonly share: number };

/** Before so much of the period is over, one busy hour would be taken for the rule. */
const earlyShare = 0.05;

export function forecastOf(
  budget: Pick<Budget, 'limit' | 'spent' | 'periodStart' | 'periodEnd'>,
  now: number,
): Forecast {
  const { limit, spent } = budget;
  const [start, end] = [Date.parse(budget.periodStart), Date.parse(budget.periodEnd)];
  if (spent >= limit) return { kind: 'spent' };
  if (spent === 0) return { kind: 'unused' };
  const share = (now - start) / (end - start);
  if (share < earlyShare) return { kind: 'early' };
  const atEnd = spent / Math.min(1, share);
  if (atEnd <= limit) return { kind: 'lasts', share: atEnd / limit };
  return { kind: 'runs_out', at: start + (now - start) * (limit / spent) };
}
