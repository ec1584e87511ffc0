import type { EscalationService } from '../escalations/service.ts';
import { system, type Work } from '../events/work.ts';
import { iso } from '../platform/iso.ts';
import { type Account, type Allotment, accountOf, amountText, endOf, type Level, levelOf, startOf } from './rules.ts';
import { insertNotice } from './store.ts';

/** One budget at the level of which somebody is to be told. */
export interface Notice {
  readonly allotment: Allotment;
  readonly level: Level;
  readonly spent: number;
}

export const noticesOf = (allotments: readonly Allotment[], accounts: readonly Account[]): Notice[] =>
  allotments.flatMap((allotment) => {
    const spent = accountOf(accounts, allotment).spent[allotment.measure];
    const level = levelOf(allotment, spent);
    return level === undefined ? [] : [{ allotment, level, spent }];
  });

interface Call {
  readonly agentType: string;
  /** When it began: it counts for that period. */
  readonly at: number;
}

/** Tells it once for each budget, level and period, whoever tells it and however often. */
export async function tell(
  work: Work,
  escalations: EscalationService,
  { allotment, level, spent }: Notice,
  { agentType, at }: Call,
): Promise<void> {
  const { period, budget, subject, measure, limit } = allotment;
  const startsAt = startOf(period, at);
  if (!(await insertNotice(work.tx, { allotment, level, startsAt, now: work.now }))) return;
  const until = iso(endOf(period, at));
  const payload = { agentType, budget, subject, period, measure, limit, spent, until };
  if (level === 'warning') return work.append(system, 'budget_warning', payload);
  work.append(system, 'budget_exhausted', payload);
  await escalations.open(work, system, {
    kind: 'budget_exhausted',
    subject: budget,
    title: `The budget ${budget} is spent`,
    reason:
      `${amountText(measure, spent)} of ${amountText(measure, limit)} are spent; no model answers until ${until}. ` +
      `Raise the setting budgets.${subject} to let it go on before; to resolve this only says that it was seen`,
    priority: 'high',
  });
}
