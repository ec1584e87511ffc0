import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import type { UsageRange } from '../../../../src/contracts/budget.ts';
import { Choice } from '../../parts/choice.tsx';
import { Page } from '../../parts/page.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { BenchmarkTab } from './benchmark-tab.tsx';
import type { ModelsSearch } from './search.ts';
import { UsageTab } from './usage-tab.tsx';

/** What thinking costs, what it may cost, how well it goes, and who thinks best. */
export function ModelsPage() {
  const t = useTranslations('models');
  const search = useSearch({ from: '/models' });
  const navigate = useNavigate();
  const { tab = 'usage', range = '7d' } = search;
  const choose = (chosen: ModelsSearch) =>
    void navigate({ to: '/models', search: { ...search, ...chosen }, replace: true, resetScroll: false });
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
        tab === 'usage' && (
          <Choice label={t('range')} value={range} onChange={(chosen) => choose({ range: chosen })} options={ranges} />
        )
      }
    >
      <Tabs
        label={t('title')}
        value={tab}
        onChange={(chosen) => choose({ tab: chosen })}
        tabs={[
          { value: 'usage', label: t('tabUsage'), content: <UsageTab search={search} onChoose={choose} /> },
          {
            value: 'benchmark',
            label: t('tabBenchmark'),
            content: <BenchmarkTab runId={search.run} onRun={(run) => choose({ run })} />,
          },
        ]}
      />
    </Page>
  );
}
