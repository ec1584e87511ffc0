import { CircleDollarSign } from 'lucide-react';
import { useMemo } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { CallStats, UsageRange } from '../../../../src/contracts/budget.ts';
import { Card } from '../../parts/card.tsx';
import { Chart } from '../../parts/chart.tsx';
import { Choice } from '../../parts/choice.tsx';
import { useMoney } from '../../parts/money.ts';
import { Empty, Loaded } from '../../parts/states.tsx';
import { figuresOf } from './figures.ts';
import type { Measured, ModelsSearch } from './search.ts';
import { useLineName, useUsage } from './use-usage.ts';

interface SpendCardProps {
  readonly range: UsageRange;
  readonly by: 'agent' | 'model';
  readonly measure: Measured;
  readonly onChoose: (chosen: ModelsSearch) => void;
}

const readings: Record<Measured, (stats: CallStats) => number> = {
  cost: ({ costMicroUsd }) => costMicroUsd,
  tokens: ({ tokens }) => tokens,
  calls: ({ calls }) => calls,
};

/** Who or what uses how much, over time. */
export function SpendCard({ range, by, measure, onChoose }: SpendCardProps) {
  const t = useTranslations('models');
  const usage = useUsage(range, by);
  const nameOf = useLineName(by);
  const format = useAmount(measure);
  const read = readings[measure];
  const others = nameOf(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: names follow `by` and the language, which `others` stands for
  const figures = useMemo(
    () => usage.data && figuresOf(usage.data, { nameOf, read, empty: 0 }),
    [usage.data, by, read, others],
  );
  return (
    <Card
      title={t(`over_${measure}`)}
      aside={
        <div className="flex flex-wrap gap-2">
          <Choice
            label={t('measure')}
            value={measure}
            onChange={(chosen) => onChoose({ measure: chosen })}
            options={[
              ['cost', t('spend')],
              ['tokens', t('tokens')],
              ['calls', t('calls')],
            ]}
          />
          <Choice
            label={t('by')}
            value={by}
            onChange={(chosen) => onChoose({ by: chosen })}
            options={[
              ['agent', t('byAgent')],
              ['model', t('byModel')],
            ]}
          />
        </div>
      }
    >
      <Loaded query={usage} lines={7}>
        {({ series, step }) =>
          figures === undefined || series.length === 0 ? (
            <Empty icon={CircleDollarSign} title={t('noCalls')}>
              {t('noCallsLead')}
            </Empty>
          ) : (
            <Chart
              {...figures}
              kind="bars"
              step={step}
              format={format}
              label={t('overLabel', { what: t(`over_${measure}`), count: series.length })}
              summary={(line) => format(read(series[line]?.total ?? emptyStats))}
            />
          )
        }
      </Loaded>
    </Card>
  );
}

const emptyStats: CallStats = {
  calls: 0,
  failedCalls: 0,
  tokens: 0,
  costMicroUsd: 0,
  firstTokenMs: null,
  durationMs: null,
};

function useAmount(measure: Measured): (value: number) => string {
  const money = useMoney();
  const format = useFormatter();
  return measure === 'cost'
    ? money
    : (value) => format.number(value, { notation: 'compact', maximumFractionDigits: 1 });
}
