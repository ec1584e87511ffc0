import { Link } from '@tanstack/react-router';
import { Flag } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { Task, TaskFlag } from '../../../../src/contracts/task.ts';
import { roleName } from '../../parts/names.ts';

/** What the groomer found, and what could be done about it. */
export function Worries({ task }: { readonly task: Task }) {
  if (task.flags.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1 rounded-card border bg-sheet px-4 py-3 text-sm">
      {task.flags.map((flag) => (
        <li key={flag} className="flex items-baseline gap-2">
          <Flag aria-hidden="true" className="size-3.5 shrink-0 translate-y-0.5 text-ink-soft" />
          <span>
            <Worry flag={flag} task={task} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Worry({ flag, task: { assignedTo, duplicateOf, suggestedAssignee } }: { flag: TaskFlag; task: Task }) {
  const t = useTranslations('tasks');
  switch (flag) {
    case 'overdue':
      return t('overdueLead');
    case 'stale':
      return t('staleLead');
    case 'likely_duplicate':
      return (
        <>
          {t('duplicate')}{' '}
          {duplicateOf !== null && (
            <Link to="/tasks/$id" params={{ id: duplicateOf }} className="text-felt underline">
              {t('duplicateLink')}
            </Link>
          )}
        </>
      );
    case 'unassigned':
      return `${t('unassignedLead', { agent: roleName(assignedTo) })} ${
        suggestedAssignee === null ? '' : t('suggested', { agent: roleName(suggestedAssignee) })
      }`;
  }
}
