import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Escalation } from '../../../../src/contracts/escalation.ts';
import { useRoute } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { BudgetDialog } from '../../budgets/budget-dialog.tsx';
import { BudgetLine } from '../../budgets/budget-line.tsx';
import { Button } from '../../parts/button.tsx';
import { Loaded } from '../../parts/states.tsx';
import { About } from './about.tsx';

/** A budget that is spent: how much, when it begins anew, and the way to raise it. */
export function AboutBudget({ escalation }: { readonly escalation: Escalation }) {
  const t = useTranslations('inbox');
  const budgets = useRoute('getBudgets');
  const mayChange = useMay('admin');
  const [raised, setRaised] = useState<string>();
  return (
    <Loaded query={budgets} lines={3}>
      {({ budgets: all }) => {
        const budget = all.find(({ budget: name }) => name === escalation.subject);
        return (
          <>
            {budget && (
              <About title={t('budget')}>
                <BudgetLine budget={budget} />
              </About>
            )}
            <About title={t('raise')}>
              <p className="mb-3 text-sm">{t('raiseLead')}</p>
              {budget && mayChange && <Button onClick={() => setRaised(budget.subject)}>{t('raiseIt')}</Button>}
            </About>
            <BudgetDialog subject={raised} onSubject={setRaised} />
          </>
        );
      }}
    </Loaded>
  );
}
