import { useFormatter, useTranslations } from 'use-intl';
import type { CallStats, UsageRange } from '../../../../src/contracts/budget.ts';
import { Card } from '../../parts/card.tsx';
import { useMoney } from '../../parts/money.ts';
import { Loaded } from '../../parts/states.tsx';
import { failureRate } from './figures.ts';
import { useMilliseconds } from './use-milliseconds.ts';
import { useLineName, useUsage } from './use-usage.ts';

interface UsageTableProps {
  readonly range: UsageRange;
  readonly by: 'agent' | 'model';
}

/** The whole time, by agent or by model: a table where there is room, a list of cards where there is not. */
export function UsageTable({ range, by }: UsageTableProps) {
  const t = useTranslations('models');
  const usage = useUsage(range, by);
  const nameOf = useLineName(by);
  const columns = useColumns();
  if (usage.data?.series.length === 0) return null;
  return (
    <Card title={t(by === 'agent' ? 'agents' : 'models')}>
      <Loaded query={usage} lines={5}>
        {({ series }) => (
          <table className="block w-full text-sm sm:table">
            <thead className="hidden text-left text-xs text-ink-soft sm:table-header-group">
              <tr>
                <th scope="col" className="px-4 py-2 font-medium">
                  {t(by === 'agent' ? 'agent' : 'model')}
                </th>
                {columns.map(({ name }) => (
                  <th key={name} scope="col" className="px-2 py-2 text-right font-medium last:pr-4">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="block sm:table-row-group">
              {series.map(({ name, total }) => (
                <tr key={name ?? ''} className="grid grid-cols-2 gap-x-4 border-t px-4 py-2 sm:table-row sm:px-0">
                  <th scope="row" className="col-span-2 text-left font-medium break-all sm:px-4 sm:py-1.5">
                    {nameOf(name)}
                  </th>
                  {columns.map((column) => (
                    <td
                      key={column.name}
                      className="flex justify-between gap-2 sm:table-cell sm:px-2 sm:text-right sm:whitespace-nowrap sm:last:pr-4"
                    >
                      <span aria-hidden="true" className="text-xs text-ink-soft sm:hidden">
                        {column.name}
                      </span>
                      {column.read(total)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Loaded>
    </Card>
  );
}

interface Column {
  readonly name: string;
  readonly read: (stats: CallStats) => string;
}

function useColumns(): readonly Column[] {
  const t = useTranslations('models');
  const format = useFormatter();
  const money = useMoney();
  const milliseconds = useMilliseconds();
  return [
    { name: t('spend'), read: ({ costMicroUsd }) => money(costMicroUsd) },
    { name: t('tokens'), read: ({ tokens }) => format.number(tokens, { notation: 'compact' }) },
    { name: t('calls'), read: ({ calls }) => format.number(calls) },
    {
      name: t('failures'),
      read: (stats) => format.number(failureRate(stats), { style: 'percent', maximumFractionDigits: 1 }),
    },
    { name: t('firstToken'), read: ({ firstTokenMs }) => milliseconds(firstTokenMs?.p50) },
    { name: t('wholeAnswer'), read: ({ durationMs }) => milliseconds(durationMs?.p50) },
  ];
}
