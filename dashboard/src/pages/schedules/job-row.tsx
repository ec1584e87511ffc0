import { Pause, Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Job } from '../../../../src/contracts/job.ts';
import { useAction } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { Ask } from '../../parts/ask.tsx';
import { Badge, Dot } from '../../parts/badge.tsx';
import { Button, IconButton } from '../../parts/button.tsx';
import { roleName } from '../../parts/names.ts';
import { Ago, Countdown } from '../../parts/time.tsx';
import { JobRuns } from './job-runs.tsx';
import { runTones } from './run-tones.ts';
import { EditSchedule } from './schedule-form.tsx';

/** One job: when, what came of the last time, and what can be done with it. Its runs are inside. */
export function JobRow({ job }: { readonly job: Job }) {
  const t = useTranslations('schedules');
  const [isOpen, setOpen] = useState(false);
  const tone = job.enabled && job.lastStatus !== null ? runTones[job.lastStatus] : 'plain';
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 grow basis-72">
          <h3 className="flex flex-wrap items-center gap-2 font-medium">
            <Dot tone={tone} isBusy={job.lastStatus === 'running'} />
            <span className="break-all">{job.id}</span>
            {!job.enabled && <Badge tone="brass">{t('paused')}</Badge>}
            {job.failures > 0 && <Badge tone="blood">{t('failures', { count: job.failures })}</Badge>}
          </h3>
          <p className="mt-0.5 text-sm text-ink-soft">{job.description || templateWords(job)}</p>
          <p className="mt-1 font-mono text-xs text-ink-soft">
            {job.schedule} · {job.timeZone}
          </p>
        </div>
        <Times job={job} />
        <Actions job={job} />
      </div>
      <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)} className="mt-1.5 text-sm">
        <summary className="w-fit text-ink-soft hover:text-ink">
          {t('runs')}
          <span className="sr-only">: {job.id}</span>
        </summary>
        {isOpen && <JobRuns jobId={job.id} />}
      </details>
    </li>
  );
}

function Times({ job }: { readonly job: Job }) {
  const t = useTranslations('schedules');
  return (
    <dl className="grid min-w-44 grid-cols-[auto_1fr] gap-x-3 text-sm">
      <dt className="text-ink-soft">{t('next')}</dt>
      <dd>{job.nextRun !== null && job.enabled ? <Countdown at={job.nextRun} /> : '–'}</dd>
      <dt className="text-ink-soft">{t('last')}</dt>
      <dd>
        {job.lastRun === null ? '–' : <Ago at={job.lastRun} />}
        {job.lastDurationMs !== null && (
          <span className="text-ink-soft"> · {t('took', { ms: job.lastDurationMs })}</span>
        )}
      </dd>
    </dl>
  );
}

function Actions({ job }: { readonly job: Job }) {
  const t = useTranslations('schedules');
  const mayRun = useMay('operator');
  const { id } = job;
  const run = useAction('runJob', { done: () => t('runAsked', { id }) });
  const pause = useAction('pauseJob', { done: () => t('pausedDone', { id }) });
  const resume = useAction('resumeJob', { done: () => t('resumedDone', { id }) });
  const remove = useAction('removeJob', { done: () => t('removed', { id }) });
  if (!mayRun) return null;
  const input = { params: { id } };
  return (
    <div className="flex items-center gap-1">
      <Button icon={Play} busy={run.isPending} onClick={() => run.mutate(input)} aria-label={`${t('run')}: ${id}`}>
        {t('run')}
      </Button>
      {job.enabled ? (
        <IconButton icon={Pause} label={`${t('pause')}: ${id}`} onClick={() => pause.mutate(input)} />
      ) : (
        <Button onClick={() => resume.mutate(input)} aria-label={`${t('resume')}: ${id}`}>
          {t('resume')}
        </Button>
      )}
      {job.kind === 'own' && (
        <>
          <EditSchedule job={job} />
          <Ask
            trigger={(open) => <IconButton icon={Trash2} label={`${t('remove')}: ${id}`} onClick={open} />}
            title={t('removeTitle', { id })}
            lead={t('removeLead')}
            confirm={t('remove')}
            isDangerous
            onConfirm={() => remove.mutateAsync(input)}
          />
        </>
      )}
    </div>
  );
}

function templateWords({ template }: Job): string {
  if (template === null) return '';
  return 'task' in template
    ? `${roleName(template.task.assignTo)}: ${template.task.title}`
    : `${roleName(template.message.agentType)}: ${template.message.message}`;
}
