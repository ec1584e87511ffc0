import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import type { Task, TaskFlag } from '../../../src/contracts/task.ts';
import { Badge } from './badge.tsx';
import { roleName } from './names.ts';
import { PriorityMark, TaskStanding } from './standing.tsx';
import { Ago, Countdown } from './time.tsx';
import type { Tone } from './tone.ts';

const flagTones: Record<TaskFlag, Tone> = {
  overdue: 'blood',
  stale: 'plain',
  likely_duplicate: 'sky',
  unassigned: 'sky',
};

export const FlagMark = ({ flag }: { readonly flag: TaskFlag }) => (
  <Badge tone={flagTones[flag]}>{useTranslations('tasks')(`flag_${flag}`)}</Badge>
);

interface TaskCardProps {
  readonly task: Task;
  /** Where tasks of all kinds stand together. */
  readonly showsStatus?: boolean;
}

/** A task at a glance: what, for whom, how urgent, and what is the matter with it. */
export function TaskCard({ task, showsStatus = false }: TaskCardProps) {
  const t = useTranslations('tasks');
  const { id, title, priority, status, assignedTo, flags } = task;
  return (
    <article className="flex flex-col gap-2 rounded-xl border bg-sheet p-3 hover:border-line-strong">
      <h3 className="text-sm font-medium">
        <Link to="/tasks/$id" params={{ id }} className="line-clamp-3 break-words hover:underline">
          {title}
        </Link>
      </h3>
      {(showsStatus || priority !== 'normal' || flags.length > 0) && (
        <p className="flex flex-wrap gap-1">
          {showsStatus && <TaskStanding status={status} />}
          {priority !== 'normal' && <PriorityMark priority={priority} />}
          {flags.map((flag) => (
            <FlagMark key={flag} flag={flag} />
          ))}
        </p>
      )}
      <div className="flex flex-wrap items-baseline justify-between gap-x-3 text-xs text-ink-soft">
        <Link
          to="/agents/$type"
          params={{ type: assignedTo }}
          aria-label={t('forAgent', { agent: roleName(assignedTo) })}
          className="font-medium hover:text-ink hover:underline"
        >
          {roleName(assignedTo)}
        </Link>
        <TaskTime task={task} />
      </div>
    </article>
  );
}

/** The moment that matters in a task's state. */
function TaskTime({ task: { status, leaseUntil, completedAt, createdAt, dueAt, attempts } }: { readonly task: Task }) {
  const t = useTranslations('tasks');
  if (status === 'in_progress' && leaseUntil !== null) {
    return (
      <span>
        {attempts > 1 && `${t('attempt', { attempts })} · `}
        {t.rich('leaseLeft', { left: () => <Countdown at={leaseUntil} /> })}
      </span>
    );
  }
  if (completedAt !== null) return <Ago at={completedAt} />;
  if (dueAt !== null && Date.parse(dueAt) <= Date.now()) return <Countdown at={dueAt} className="text-blood" />;
  if (dueAt !== null) return <span>{t.rich('dueIn', { left: () => <Countdown at={dueAt} /> })}</span>;
  return <Ago at={createdAt} />;
}
