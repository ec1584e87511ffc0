import { useTranslations } from 'use-intl';
import { useRoute } from '../../api/queries.ts';
import { Page } from '../../parts/page.tsx';
import { ForYou } from './for-you.tsx';
import { HealthCard } from './health-card.tsx';
import { OrgChart } from './org-chart.tsx';
import { Pulse } from './pulse.tsx';

/** The whole company at a glance: who sits where, what happens, what waits, and whether the house stands. */
export function OverviewPage() {
  const t = useTranslations('overview');
  const health = useRoute('getSystemHealth');
  return (
    <Page title={t('title')} lead={health.data && t(health.data.status === 'healthy' ? 'allWell' : health.data.status)}>
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <OrgChart />
          <Pulse />
        </div>
        <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-1">
          <ForYou />
          <HealthCard />
        </div>
      </div>
    </Page>
  );
}
