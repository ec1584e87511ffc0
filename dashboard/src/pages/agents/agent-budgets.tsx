import { useFormatter, useTranslations } from 'use-intl';
import type { Budget } from '../../../../src/contracts/budget.ts';
import { useRoute } from '../../api/queries.ts';
import { Card } from '../../parts/card.tsx';
import { Meter } from '../../parts/meter.tsx';
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
                <Line key={budget.budget} budget={budget} />
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Line({ budget: { period, measure, unit, spent, reserved, limit } }: { readonly budget: Budget }) {
  const t = useTranslations('agents');
  const money = useMoney();
  const format = useFormatter();
  const say = (amount: number) => (unit === 'micro_usd' ? money(amount) : format.number(amount));
  const label = `${t(`measure_${measure === 'usd' ? 'cost' : measure}`)} ${t(`budget_${period}`)}`;
  const text = t('budgetOf', { spent: say(spent), limit: say(limit) });
  return (
    <li className="flex flex-col gap-1 text-sm">
      <p className="flex flex-wrap justify-between gap-x-3">
        <span>{label}</span>
        <span className="text-ink-soft">{text}</span>
      </p>
      <Meter label={label} text={text} value={spent} held={reserved} max={limit} />
    </li>
  );
}
