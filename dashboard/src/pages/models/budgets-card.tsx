import { PiggyBank } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Budget } from '../../../../src/contracts/budget.ts';
import { useRoute } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { BudgetDialog } from '../../budgets/budget-dialog.tsx';
import { BudgetLine } from '../../budgets/budget-line.tsx';
import { useWhoseName } from '../../budgets/use-whose-name.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';

/** What may be spent, how much of it is, and whether it lasts: by whose it is, the team's first. */
export function BudgetsCard() {
  const t = useTranslations('models');
  const budgets = useRoute('getBudgets');
  const mayChange = useMay('admin');
  const whoseName = useWhoseName();
  const [subject, setSubject] = useState<string>();
  return (
    <Card
      title={t('budgets')}
      aside={mayChange && <Button onClick={() => setSubject('team')}>{t('setBudget')}</Button>}
    >
      <Loaded query={budgets} lines={6}>
        {({ budgets: all }) =>
          all.length === 0 ? (
            <Empty icon={PiggyBank} title={t('noBudgets')}>
              {t('noBudgetsLead')}
            </Empty>
          ) : (
            <ul className="divide-y">
              {bySubject(all).map(([whose, own]) => (
                <li key={whose} className="flex flex-col gap-3 px-4 py-3">
                  <div className="flex items-center justify-between gap-2">
                    <h3 className="font-medium">{whoseName(whose)}</h3>
                    {mayChange && <Change whose={whose} onClick={() => setSubject(whose)} />}
                  </div>
                  {own.map((budget) => (
                    <BudgetLine key={budget.budget} budget={budget} />
                  ))}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {mayChange && <BudgetDialog subject={subject} onSubject={setSubject} />}
    </Card>
  );
}

function Change({ whose, onClick }: { readonly whose: string; readonly onClick: () => void }) {
  const t = useTranslations('common');
  return (
    <Button variant="bare" className="-my-1 -mr-3" aria-label={`${t('edit')}: ${whose}`} onClick={onClick}>
      {t('edit')}
    </Button>
  );
}

const bySubject = (budgets: readonly Budget[]): [string, Budget[]][] =>
  [...new Set(budgets.map(({ subject }) => subject))].map((whose) => [
    whose,
    budgets.filter(({ subject }) => subject === whose),
  ]);
