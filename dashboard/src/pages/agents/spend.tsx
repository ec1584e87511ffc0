import { Coins } from 'lucide-react';
import { useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { Answer } from '../../../../src/contracts/client.ts';
import { useRoute } from '../../api/queries.ts';
import { Bars } from '../../parts/bars.tsx';
import { Card } from '../../parts/card.tsx';
import { Select } from '../../parts/fields.tsx';
import { useMoney } from '../../parts/money.ts';
import { Empty, Loaded } from '../../parts/states.tsx';
import { AgentBudgets } from './agent-budgets.tsx';
import { daysAgo, everyDay } from './days.ts';
import { SpendByModel } from './spend-by-model.tsx';

type UsageRow = Answer<'getUsage'>['usage'][number];
const daysShown = 30;
const measures = ['cost', 'tokens', 'calls'] as const;
type Measure = (typeof measures)[number];

const amountOf: Record<Measure, (row: UsageRow) => number> = {
  cost: ({ costMicroUsd }) => costMicroUsd,
  tokens: ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
  calls: ({ calls }) => calls,
};

/** What its thinking costs: by day, by model, and of its budgets. */
export function Spend({ type }: { readonly type: string }) {
  const t = useTranslations('agents');
  const [chosen, setMeasure] = useState<Measure>();
  const from = daysAgo(daysShown);
  const byDay = useRoute('getUsage', { query: { groupBy: 'day', agent: type, from } });
  // What costs nothing, such as a rehearsal, is told in calls.
  const isFree = byDay.data?.usage.every(({ costMicroUsd }) => costMicroUsd === 0) ?? false;
  const measure = chosen ?? (isFree ? 'calls' : 'cost');
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem]">
      <div className="flex min-w-0 flex-col gap-4">
        <Card
          title={t('spend')}
          aside={
            <div className="w-32">
              <Select
                label={t('measure')}
                isLabelHidden
                value={measure}
                onChange={setMeasure}
                options={measures.map((each) => [each, t(`measure_${each}`)] as const)}
              />
            </div>
          }
        >
          <Loaded query={byDay}>{({ usage }) => <Days rows={usage} measure={measure} />}</Loaded>
        </Card>
        <SpendByModel type={type} from={from} />
      </div>
      <AgentBudgets type={type} />
    </div>
  );
}

function Days({ rows, measure }: { readonly rows: readonly UsageRow[]; readonly measure: Measure }) {
  const t = useTranslations('agents');
  const format = useFormatter();
  const money = useMoney();
  if (rows.length === 0) return <Empty icon={Coins} title={t('noSpend')} />;
  const say = (amount: number) => (measure === 'cost' ? money(amount) : format.number(amount));
  const name = (day: string) => format.dateTime(new Date(`${day}T12:00:00Z`), { day: 'numeric', month: 'short' });
  const bars = everyDay(rows, daysShown).map(({ day, row }) => {
    const value = row === undefined ? 0 : amountOf[measure](row);
    return { name: day, value, title: `${name(day)}: ${say(value)}` };
  });
  const most = Math.max(...bars.map(({ value }) => value));
  const [first, last] = [bars[0]?.name ?? '', bars.at(-1)?.name ?? ''];
  const label = t('spendChart', {
    measure: t(`measure_${measure}`),
    from: name(first),
    to: name(last),
    most: say(most),
  });
  return (
    <div className="p-4">
      <p className="mb-3 font-serif text-3xl">{say(bars.reduce((sum, { value }) => sum + value, 0))}</p>
      <Bars label={label} bars={bars} />
      <p aria-hidden="true" className="mt-1 flex justify-between text-xs text-ink-soft">
        <span>{name(first)}</span>
        <span>{name(last)}</span>
      </p>
    </div>
  );
}
