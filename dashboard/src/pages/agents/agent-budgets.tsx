import { useTranslations } from 'use-intl';
import { useRoute } from '../../api/queries.ts';
import { BudgetLine } from '../../budgets/budget-line.tsx';
import { Card } from '../../parts/card.tsx';
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
                <li key={budget.budget}>
                  <BudgetLine budget={budget} />
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Card>
  );
}
