import { Link, useParams } from '@tanstack/react-router';
import { Ban } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { Task } from '../../../../src/contracts/task.ts';
import { useAction, useRoute } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { Ask } from '../../parts/ask.tsx';
import { BackLink } from '../../parts/back-link.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Markdown } from '../../parts/markdown.tsx';
import { nameOf, roleName } from '../../parts/names.ts';
import { Page } from '../../parts/page.tsx';
import { PriorityMark, TaskStanding } from '../../parts/standing.tsx';
import { Failure, Skeleton } from '../../parts/states.tsx';
import { FlagMark } from '../../parts/task-card.tsx';
import { TaskFacts } from './task-facts.tsx';
import { TaskHistory } from './task-history.tsx';
import { Worries } from './worries.tsx';

/** One task: what is to be done, how it stands, and all that happened to it. */
export function TaskPage() {
  const t = useTranslations('tasks');
  const { id = '' } = useParams({ strict: false });
  const { data: task, error, isError, refetch } = useRoute('getTask', { params: { id } });
  const above = <BackLink to="/tasks">{t('title')}</BackLink>;
  if (task === undefined || task.id !== id) {
    return (
      <Page title={t('title')} above={above}>
        {isError ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton lines={6} />}
      </Page>
    );
  }
  return (
    <Page title={task.title} above={above} lead={<Lead task={task} />} actions={<Cancel task={task} />}>
      <Worries task={task} />
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_24rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <Card title={t('description')}>
            <div className="p-4">
              {task.description === '' ? (
                <p className="text-ink-soft">{t('noDescription')}</p>
              ) : (
                <Markdown text={task.description} />
              )}
            </div>
          </Card>
          <Outcome task={task} />
          <TaskHistory id={id} />
        </div>
        <TaskFacts task={task} />
      </div>
    </Page>
  );
}

function Lead({ task: { status, priority, assignedTo, flags, createdBy } }: { readonly task: Task }) {
  return (
    <p className="flex flex-wrap items-center gap-2 text-sm">
      <TaskStanding status={status} />
      <PriorityMark priority={priority} />
      {flags.map((flag) => (
        <FlagMark key={flag} flag={flag} />
      ))}
      <span>
        {nameOf(createdBy)} →{' '}
        <Link to="/agents/$type" params={{ type: assignedTo }} className="text-felt underline">
          {roleName(assignedTo)}
        </Link>
      </span>
    </p>
  );
}

function Cancel({ task: { id, title, status } }: { readonly task: Task }) {
  const t = useTranslations('tasks');
  const common = useTranslations('common');
  const mayCancel = useMay('operator');
  const cancel = useAction('cancelTask', { done: (task) => t('cancelled', { title: task.title }) });
  if (!mayCancel || (status !== 'pending' && status !== 'in_progress')) return null;
  return (
    <Ask
      trigger={(open) => (
        <Button variant="danger" icon={Ban} onClick={open}>
          {t('cancel')}
        </Button>
      )}
      title={`${t('cancel')}: ${title}`}
      lead={t('cancelLead')}
      words={{ label: common('reason'), isRequired: false }}
      confirm={t('cancel')}
      isDangerous
      onConfirm={(reason) => cancel.mutateAsync({ params: { id }, body: { reason } })}
    />
  );
}

const titles = { completed: 'result', failed: 'failure', cancelled: 'cancelReason' } as const;

function Outcome({ task: { status, result } }: { readonly task: Task }) {
  const t = useTranslations('tasks');
  if (status === 'pending' || status === 'in_progress') return null;
  return (
    <Card title={t(titles[status])}>
      <div className="p-4">
        {result === null || result === '' ? (
          <p className="text-ink-soft">{t('noReason')}</p>
        ) : (
          <Markdown text={result} />
        )}
      </div>
    </Card>
  );
}
