import { Link } from '@tanstack/react-router';
import { useFormatter, useTranslations } from 'use-intl';
import type { Escalation } from '../../../../src/contracts/escalation.ts';
import { useRoute } from '../../api/queries.ts';
import { useMoney } from '../../parts/money.ts';
import { nameOf } from '../../parts/names.ts';
import { Loaded } from '../../parts/states.tsx';
import { Countdown } from '../../parts/time.tsx';
import { About, Fact, Facts } from './about.tsx';

/** A budget that is spent: of what, how much, and when it begins anew. */
export function AboutBudget({ escalation }: { readonly escalation: Escalation }) {
  const t = useTranslations('inbox');
  const money = useMoney();
  const format = useFormatter();
  const budgets = useRoute('getBudgets');
  return (
    <>
      <About title={t('because')}>
        <p className="break-words">{escalation.reason}</p>
      </About>
      <Loaded query={budgets} lines={3}>
        {({ budgets: all }) => {
          const budget = all.find(({ budget: name }) => name === escalation.subject);
          if (!budget) return null;
          const amount = budget.unit === 'micro_usd' ? money : (count: number) => format.number(count);
          return (
            <About title={t('budget')}>
              <meter
                aria-label={t('spent')}
                className="mb-3 h-2.5 w-full"
                min={0}
                max={budget.limit}
                value={Math.min(budget.spent, budget.limit)}
              />
              <Facts>
                <Fact name={t('whose')}>{nameOf(budget.subject)}</Fact>
                <Fact name={t('spent')}>{amount(budget.spent)}</Fact>
                <Fact name={t('limit')}>{amount(budget.limit)}</Fact>
                <Fact name={t('reserved')}>{amount(budget.reserved)}</Fact>
                <Fact name={t('anew')}>
                  <Countdown at={budget.periodEnd} />
                </Fact>
              </Facts>
            </About>
          );
        }}
      </Loaded>
      <About title={t('raise')}>
        <p className="text-sm">
          {t('raiseLead')}{' '}
          <Link to="/settings" className="text-felt underline">
            {t('toSettings')}
          </Link>
        </p>
      </About>
    </>
  );
}
