import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import type { UsageRange } from '../../../../src/contracts/budget.ts';
import { Choice } from '../../parts/choice.tsx';
import { Page } from '../../parts/page.tsx';
import { BudgetsCard } from './budgets-card.tsx';
import type { ModelsSearch } from './search.ts';
import { FailuresCard, SpeedCard } from './speed-cards.tsx';
import { SpendCard } from './spend-card.tsx';
import { Totals } from './totals.tsx';
import { UsageTable } from './usage-table.tsx';
import { useUsageFollowsLoops } from './use-usage.ts';

/** What thinking costs, what it may cost, and how well it goes. */
export function ModelsPage() {
  const t = useTranslations('models');
  const search = useSearch({ from: '/models' });
  const { range = '7d', by = 'agent', measure = 'cost' } = search;
  const navigate = useNavigate();
  const choose = (chosen: ModelsSearch) =>
    void navigate({ to: '/models', search: { ...search, ...chosen }, replace: true, resetScroll: false });
  useUsageFollowsLoops();
  const ranges: readonly (readonly [UsageRange, string])[] = [
    ['24h', t('range24h')],
    ['7d', t('range7d')],
    ['30d', t('range30d')],
  ];
  return (
    <Page
      title={t('title')}
      lead={t('lead')}
      actions={
        <Choice label={t('range')} value={range} onChange={(chosen) => choose({ range: chosen })} options={ranges} />
      }
    >
      <Totals range={range} />
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_26rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <SpendCard range={range} by={by} measure={measure} onChoose={choose} />
          <div className="grid gap-4 lg:grid-cols-2">
            <SpeedCard range={range} />
            <FailuresCard range={range} />
          </div>
          <UsageTable range={range} by={by} />
        </div>
        <BudgetsCard />
      </div>
    </Page>
  );
}
