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
  // Its line is there before its words are, so that nothing moves when they come.
  const standing = health.data ? t(health.data.status === 'healthy' ? 'allWell' : health.data.status) : '\u00a0';
  return (
    <Page title={t('title')} lead={standing}>
      {/* On a phone what waits comes first, and health last. */}
      <div className="flex flex-col gap-4 xl:grid xl:grid-cols-[minmax(0,1fr)_22rem] xl:items-start">
        <div className="contents xl:flex xl:min-w-0 xl:flex-col xl:gap-4">
          <OrgChart />
          <Pulse />
        </div>
        <div className="contents xl:flex xl:flex-col xl:gap-4">
          <div className="max-xl:-order-1">
            <ForYou />
          </div>
          <HealthCard />
        </div>
      </div>
    </Page>
  );
}
