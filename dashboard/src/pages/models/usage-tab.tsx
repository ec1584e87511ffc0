import { BudgetsCard } from './budgets-card.tsx';
import type { ModelsSearch } from './search.ts';
import { FailuresCard, SpeedCard } from './speed-cards.tsx';
import { SpendCard } from './spend-card.tsx';
import { Totals } from './totals.tsx';
import { UsageTable } from './usage-table.tsx';
import { useUsageFollowsLoops } from './use-usage.ts';

interface UsageTabProps {
  readonly search: ModelsSearch;
  readonly onChoose: (chosen: ModelsSearch) => void;
}

/** What was spent on what, how well it went, and what may still be spent. */
export function UsageTab({ search: { range = '7d', by = 'agent', measure = 'cost' }, onChoose }: UsageTabProps) {
  useUsageFollowsLoops();
  return (
    <div className="flex flex-col gap-4">
      <Totals range={range} />
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_26rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <SpendCard range={range} by={by} measure={measure} onChoose={onChoose} />
          <div className="grid gap-4 lg:grid-cols-2">
            <SpeedCard range={range} />
            <FailuresCard range={range} />
          </div>
          <UsageTable range={range} by={by} />
        </div>
        <BudgetsCard />
      </div>
    </div>
  );
}
