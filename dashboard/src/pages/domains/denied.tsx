import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { routeQuery } from '../../api/queries.ts';
import { Card } from '../../parts/card.tsx';
import { Select } from '../../parts/fields.tsx';
import { Loaded } from '../../parts/states.tsx';
import { DomainName } from './domain-name.tsx';
import { LatestDenied } from './latest-denied.tsx';
import { slotMs, slotsOf } from './slots.ts';
import { Spark } from './spark.tsx';
import { lookAgainMs, usageDays, useUsage } from './use-usage.ts';

const spans = {
  day: { by: 'hour', slots: 24 },
  week: { by: 'hour', slots: 168 },
  month: { by: 'day', slots: 30 },
} as const;
type SpanName = keyof typeof spans;

const triedShown = 5;

/** What agents were kept from: how much of it, where most, and the last of it. */
export function Denied() {
  const t = useTranslations('domains');
  const [span, setSpan] = useState<SpanName>('day');
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Card
        title={t('denied')}
        aside={
          <Select
            label={t('span')}
            isLabelHidden
            value={span}
            onChange={setSpan}
            options={(['day', 'week', 'month'] as const).map((name) => [name, t(`span_${name}`)])}
          />
        }
      >
        <OverTime key={span} span={span} />
        <MostDenied />
      </Card>
      <LatestDenied />
    </div>
  );
}

function OverTime({ span }: { readonly span: SpanName }) {
  const t = useTranslations('domains');
  const format = useFormatter();
  const { by, slots } = spans[span];
  // The beginning stays until the page is opened anew; the end is now, whenever it is asked.
  const [from] = useState(() => new Date(Date.now() - (slots - 1) * slotMs[by]).toISOString());
  const query = useQuery({
    ...routeQuery('getDomainAttempts', { query: { by, from } }),
    refetchInterval: lookAgainMs,
  });
  const label = (at: number) =>
    format.dateTime(
      new Date(at),
      span === 'day' ? { hour: '2-digit', minute: '2-digit' } : { day: 'numeric', month: 'short' },
    );
  return (
    <Loaded query={query} lines={2}>
      {({ attempts, to }) => {
        const counted = slotsOf(
          attempts.map(({ at, denied }) => ({ at, count: denied })),
          { by, slots, now: Date.parse(to) },
        );
        const total = counted.reduce((sum, { count }) => sum + count, 0);
        return (
          <div className="p-4">
            <p className="mb-3 text-sm text-ink-soft">
              {t.rich('deniedLead', {
                count: total,
                strong: (words) => <strong className="font-serif text-2xl font-medium text-ink">{words}</strong>,
              })}
            </p>
            <Spark slots={counted} label={t('deniedLabel', { count: total })} className="h-20 w-full text-blood" />
            <p aria-hidden="true" className="mt-1 flex justify-between text-xs text-ink-soft">
              <span>{label(counted.at(0)?.at ?? 0)}</span>
              <span>{t('now')}</span>
            </p>
          </div>
        );
      }}
    </Loaded>
  );
}

function MostDenied() {
  const t = useTranslations('domains');
  const { data } = useUsage('denied', triedShown);
  if (!data || data.usage.length === 0) return null;
  return (
    <div className="border-t px-4 py-3">
      <h3 className="mb-1.5 text-sm font-medium">{t('mostDenied', { days: usageDays })}</h3>
      <ol className="flex flex-col gap-1">
        {data.usage.map(({ domain, denied }) => (
          <li key={domain} className="flex items-baseline justify-between gap-3">
            <DomainName domain={domain} />
            <span className="shrink-0 text-sm text-ink-soft">{t('times', { count: denied })}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
