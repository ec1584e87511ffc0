import { useFormatter, useTranslations } from 'use-intl';
import type { Budget } from '../../../../src/contracts/budget.ts';
import { useRoute } from '../../api/queries.ts';
import { Card } from '../../parts/card.tsx';
import { useMoney } from '../../parts/money.ts';
import { Loaded } from '../../parts/states.tsx';

/** How much is left of what it may spend. */
export function AgentBudgets({ type }: { readonly type: string }) {
  const t = useTranslations('agents');
  const budgets = useRoute('getBudgets');
  return (
    <Card title={t('budgets')}>
      <Loaded query={budgets} lines={2}>
        {({ budgets: all }) => {
          const own = all.filter(({ subject }) => subject === type);
          if (own.length === 0) return <p className="p-4 text-sm text-ink-soft">{t('noBudgets')}</p>;
          return (
            <ul className="flex flex-col gap-4 p-4">
              {own.map((budget) => (
                <Meter key={budget.budget} budget={budget} />
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Meter({ budget: { period, measure, unit, spent, limit } }: { readonly budget: Budget }) {
  const t = useTranslations('agents');
  const money = useMoney();
  const format = useFormatter();
  const say = (amount: number) => (unit === 'micro_usd' ? money(amount) : format.number(amount));
  const word = measure === 'usd' ? 'cost' : measure;
  const part = limit === 0 ? 1 : Math.min(1, spent / limit);
  return (
    <li className="text-sm">
      <p className="flex flex-wrap justify-between gap-x-3">
        <span>
          {t(`measure_${word}`)} {t(`budget_${period}`)}
        </span>
        <span className="text-ink-soft">{t('budgetOf', { spent: say(spent), limit: say(limit) })}</span>
      </p>
      <span aria-hidden="true" className="mt-1 block h-1.5 overflow-hidden rounded-full bg-sunken">
        <span
          className={`block h-full ${part >= 1 ? 'bg-blood' : 'bg-felt'}`}
          style={{ width: `${(part * 100).toFixed(1)}%` }}
        />
      </span>
    </li>
  );
}
