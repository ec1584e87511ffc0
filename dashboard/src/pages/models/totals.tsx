import type { ReactNode } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { UsageRange } from '../../../../src/contracts/budget.ts';
import { Card } from '../../parts/card.tsx';
import { useMoney } from '../../parts/money.ts';
import { Loaded } from '../../parts/states.tsx';
import { failureRate } from './figures.ts';
import { useMilliseconds } from './use-milliseconds.ts';
import { useUsage } from './use-usage.ts';

/** The whole time in a line of numbers. */
export function Totals({ range }: { readonly range: UsageRange }) {
  const t = useTranslations('models');
  const format = useFormatter();
  const money = useMoney();
  const milliseconds = useMilliseconds();
  const usage = useUsage(range, 'model');
  return (
    <Card className="overflow-hidden">
      <Loaded query={usage} lines={2}>
        {({ total }) => (
          <dl className="grid grid-cols-2 gap-px bg-line sm:grid-cols-3 xl:grid-cols-6">
            <Figure name={t('spend')}>{money(total.costMicroUsd)}</Figure>
            <Figure name={t('tokens')}>{format.number(total.tokens, { notation: 'compact' })}</Figure>
            <Figure name={t('calls')}>{format.number(total.calls)}</Figure>
            <Figure name={t('failures')} note={t('ofCalls', { failed: total.failedCalls })}>
              <span className={total.failedCalls > 0 ? 'text-blood' : ''}>
                {format.number(failureRate(total), { style: 'percent', maximumFractionDigits: 1 })}
              </span>
            </Figure>
            <Figure name={t('firstToken')} note={t('p95', { time: milliseconds(total.firstTokenMs?.p95) })}>
              {milliseconds(total.firstTokenMs?.p50)}
            </Figure>
            <Figure name={t('wholeAnswer')} note={t('p95', { time: milliseconds(total.durationMs?.p95) })}>
              {milliseconds(total.durationMs?.p50)}
            </Figure>
          </dl>
        )}
      </Loaded>
    </Card>
  );
}

const Figure = ({
  name,
  note,
  children,
}: {
  readonly name: string;
  readonly note?: string;
  readonly children: ReactNode;
}) => (
  <div className="flex flex-col gap-0.5 bg-sheet px-4 py-3">
    <dt className="text-xs text-ink-soft">{name}</dt>
    <dd className="font-serif text-2xl leading-tight">{children}</dd>
    {note !== undefined && <dd className="text-xs text-ink-soft">{note}</dd>}
  </div>
);
