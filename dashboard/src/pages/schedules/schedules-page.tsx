import { CalendarClock } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { Job } from '../../../../src/contracts/job.ts';
import { useRoute } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { Card } from '../../parts/card.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { JobRow } from './job-row.tsx';
import { NewSchedule } from './schedule-form.tsx';

export function SchedulesPage() {
  const t = useTranslations('schedules');
  const mayRun = useMay('operator');
  const jobs = useRoute('listJobs');
  return (
    <Page title={t('title')} lead={t('lead')} actions={mayRun && <NewSchedule />}>
      <Card title={t('own')}>
        <Loaded query={jobs}>
          {({ jobs: all }) =>
            all.some(isOwn) ? (
              <JobList jobs={all.filter(isOwn)} />
            ) : (
              <Empty icon={CalendarClock} title={t('noOwn')}>
                {t('noOwnLead')}
              </Empty>
            )
          }
        </Loaded>
      </Card>
      <Card title={t('system')}>
        <Loaded query={jobs} lines={6}>
          {({ jobs: all }) => <JobList jobs={all.filter((job) => !isOwn(job))} />}
        </Loaded>
      </Card>
    </Page>
  );
}

const isOwn = ({ kind }: Job): boolean => kind === 'own';

const JobList = ({ jobs }: { readonly jobs: readonly Job[] }) => (
  <ul className="divide-y">
    {jobs.map((job) => (
      <JobRow key={job.id} job={job} />
    ))}
  </ul>
);
