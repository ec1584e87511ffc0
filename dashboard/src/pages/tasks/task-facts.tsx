import { useTranslations } from 'use-intl';
import type { Task } from '../../../../src/contracts/task.ts';
import { Card } from '../../parts/card.tsx';
import { Fact } from '../../parts/facts.tsx';
import { nameOf } from '../../parts/names.ts';
import { TaskStanding } from '../../parts/standing.tsx';
import { Countdown, Moment } from '../../parts/time.tsx';

/** How a task stands, moment by moment. */
export function TaskFacts({ task }: { readonly task: Task }) {
  const t = useTranslations('tasks');
  const { status, createdAt, createdBy, completedAt, leaseUntil, attempts, dueAt, wakeAt } = task;
  return (
    <Card title={t('facts')}>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 p-4">
        <Fact name={t('status')}>
          <TaskStanding status={status} />
        </Fact>
        <Fact name={t('createdBy')}>{nameOf(createdBy)}</Fact>
        <Fact name={t('created')}>
          <Moment at={createdAt} />
        </Fact>
        <Fact name={t('due')}>{dueAt === null ? t('notDue') : <Due at={dueAt} isOpen={completedAt === null} />}</Fact>
        {status === 'pending' && (
          <Fact name={t('wakes')}>
            {Date.parse(wakeAt) <= Date.now() ? t('wokeAlready') : <Countdown at={wakeAt} />}
          </Fact>
        )}
        <Fact name={t('attempts')}>{t('times', { count: attempts })}</Fact>
        {completedAt !== null && (
          <Fact name={t('completed')}>
            <Moment at={completedAt} />
          </Fact>
        )}
        {leaseUntil !== null && (
          <Fact name={t('lease')} isWide>
            <Countdown at={leaseUntil} />
            <p className="mt-1 text-xs text-ink-soft">{t('leaseHint')}</p>
          </Fact>
        )}
      </dl>
    </Card>
  );
}

const Due = ({ at, isOpen }: { readonly at: string; readonly isOpen: boolean }) => (
  <>
    <Moment at={at} />
    {isOpen && (
      <p className="text-xs text-ink-soft">
        <Countdown at={at} />
      </p>
    )}
  </>
);
