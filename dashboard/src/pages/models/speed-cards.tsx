import { CircleCheckBig, Timer } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { CallStats, UsageRange } from '../../../../src/contracts/budget.ts';
import { Card } from '../../parts/card.tsx';
import { Chart } from '../../parts/chart.tsx';
import { Choice } from '../../parts/choice.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { type Figures, figuresOf } from './figures.ts';
import { useMilliseconds } from './use-milliseconds.ts';
import { useLineName, useUsage } from './use-usage.ts';

type Reading = (stats: CallStats) => number | null;

const speeds = {
  first50: (stats) => stats.firstTokenMs?.p50 ?? null,
  first95: (stats) => stats.firstTokenMs?.p95 ?? null,
  whole50: (stats) => stats.durationMs?.p50 ?? null,
  whole95: (stats) => stats.durationMs?.p95 ?? null,
} as const satisfies Record<string, Reading>;

/** How long models take: to begin, and to be done; in the middle, and for the slowest of twenty. */
export function SpeedCard({ range }: { readonly range: UsageRange }) {
  const t = useTranslations('models');
  const milliseconds = useMilliseconds();
  const usage = useUsage(range, 'model');
  const [part, setPart] = useState<'first' | 'whole'>('first');
  const [rank, setRank] = useState<'50' | '95'>('50');
  const read: Reading = speeds[`${part}${rank}`];
  const figures = useFigures(usage.data, read, null);
  return (
    <Card title={t('speed')}>
      <Loaded query={usage} lines={7}>
        {({ series, step, total }) =>
          figures === undefined || total.durationMs === null ? (
            <Empty icon={Timer} title={t('noAnswers')} />
          ) : (
            <>
              <div className="flex flex-wrap gap-2 px-4 pt-3">
                <Choice
                  label={t('part')}
                  value={part}
                  onChange={setPart}
                  options={[
                    ['first', t('firstToken')],
                    ['whole', t('wholeAnswer')],
                  ]}
                />
                <Choice
                  label={t('rank')}
                  value={rank}
                  onChange={setRank}
                  options={[
                    ['50', t('median')],
                    ['95', t('slowest')],
                  ]}
                />
              </div>
              <Chart
                {...figures}
                kind="lines"
                step={step}
                format={milliseconds}
                label={t('speedLabel')}
                summary={(line) => milliseconds(amountOf(series[line]?.total, read) ?? undefined)}
              />
            </>
          )
        }
      </Loaded>
    </Card>
  );
}

/** Calls that brought no answer. */
export function FailuresCard({ range }: { readonly range: UsageRange }) {
  const t = useTranslations('models');
  const format = useFormatter();
  const usage = useUsage(range, 'model');
  const figures = useFigures(usage.data, failed, 0);
  return (
    <Card title={t('failed')}>
      <Loaded query={usage} lines={7}>
        {({ series, step, total }) =>
          figures === undefined || total.failedCalls === 0 ? (
            <Empty icon={CircleCheckBig} title={t('noFailures')}>
              {t('noFailuresLead', { calls: total.calls })}
            </Empty>
          ) : (
            <Chart
              {...figures}
              kind="bars"
              step={step}
              format={(value) => format.number(value, { maximumFractionDigits: 0 })}
              label={t('failedLabel')}
              summary={(line) => t('failedOf', failuresOf(series[line]?.total))}
            />
          )
        }
      </Loaded>
    </Card>
  );
}

const failed: Reading = ({ failedCalls }) => failedCalls;
const amountOf = (stats: CallStats | undefined, read: Reading) => (stats === undefined ? null : read(stats));
const failuresOf = (stats: CallStats | undefined) => ({ failed: stats?.failedCalls ?? 0, calls: stats?.calls ?? 0 });

function useFigures(
  data: ReturnType<typeof useUsage>['data'],
  read: Reading,
  empty: number | null,
): Figures | undefined {
  const nameOf = useLineName('model');
  const others = nameOf(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: names follow the language, which `others` stands for
  return useMemo(() => data && figuresOf(data, { nameOf, read, empty }), [data, read, empty, others]);
}
