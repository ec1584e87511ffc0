import { useFormatter, useTranslations } from 'use-intl';
import type { Budget, Measure } from '../../../src/contracts/budget.ts';
import { Meter } from '../parts/meter.tsx';
import { useMoney } from '../parts/money.ts';
import { type Forecast, forecastOf } from './forecast.ts';

const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const day = { weekday: 'short', day: 'numeric', month: 'short' } as const;

/** One limit: how much of it is gone, what calls under way hold, and how it goes on. */
export function BudgetLine({ budget }: { readonly budget: Budget }) {
  const t = useTranslations('models');
  const format = useFormatter();
  const amount = useAmounts(budget.measure);
  const forecast = forecastOf(budget, Date.now());
  const words = useForecastWords(budget);
  const text = t('spentOf', {
    spent: amount(budget.spent),
    limit: amount(budget.limit),
    period: t(budget.period),
  });
  const when = format.dateTime(new Date(budget.periodEnd), budget.period === 'daily' ? clock : day);
  if (forecast.kind === 'unused' && budget.reserved === 0)
    return (
      <p className="flex flex-wrap items-baseline justify-between gap-x-3 text-sm">
        {text}
        <span className="text-xs text-ink-soft">{words(forecast)}</span>
      </p>
    );
  return (
    <div className="flex flex-col gap-1">
      <p className="flex flex-wrap items-baseline justify-between gap-x-3 text-sm">
        {text}
        {budget.reserved > 0 && (
          <span className="text-xs text-ink-soft">{t('reserved', { amount: amount(budget.reserved) })}</span>
        )}
      </p>
      <Meter label={budget.budget} text={text} value={budget.spent} held={budget.reserved} max={budget.limit} />
      <p className="flex flex-wrap justify-between gap-x-3 text-xs text-ink-soft">
        <span className={forecast.kind === 'spent' || forecast.kind === 'runs_out' ? 'text-blood' : ''}>
          {words(forecast)}
        </span>
        <span>{t('anew', { when })}</span>
      </p>
    </div>
  );
}

function useForecastWords(budget: Budget): (forecast: Forecast) => string {
  const t = useTranslations('models');
  const format = useFormatter();
  return (forecast) => {
    switch (forecast.kind) {
      case 'unused':
      case 'early':
      case 'spent':
        return t(`forecast_${forecast.kind}`);
      case 'lasts':
        return t('forecast_lasts', {
          share: format.number(forecast.share, { style: 'percent', maximumFractionDigits: 0 }),
        });
      case 'runs_out':
        return t('forecast_runs_out', {
          when: format.dateTime(new Date(forecast.at), budget.period === 'daily' ? clock : day),
        });
    }
  };
}

function useAmounts(measure: Measure): (amount: number) => string {
  const t = useTranslations('models');
  const format = useFormatter();
  const money = useMoney();
  return (amount) => {
    if (measure === 'usd') return money(amount);
    if (measure === 'calls') return t('inCalls', { amount });
    return t('inTokens', { amount: format.number(amount, { notation: 'compact' }) });
  };
}
