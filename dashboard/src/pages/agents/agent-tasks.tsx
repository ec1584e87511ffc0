import { Link } from '@tanstack/react-router';
import { ListTodo } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { Task } from '../../../../src/contracts/task.ts';
import { usePages } from '../../api/pages.ts';
import { Card } from '../../parts/card.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Failure, Skeleton } from '../../parts/states.tsx';
import { TaskCard } from '../../parts/task-card.tsx';

/** What it was given to do, the latest first. */
export function AgentTasks({ type }: { readonly type: string }) {
  const t = useTranslations('agents');
  const { query, items, first } = usePages<'listTasks', Task>(
    'listTasks',
    { query: { assignedTo: type } },
    { itemsOf: ({ tasks }) => tasks, behind: ({ id }) => ({ before: id }), limit: 30 },
  );
  return (
    <Card
      title={t('tab_tasks')}
      aside={
        <Link to="/tasks" search={{ assignedTo: type }} className="text-sm text-felt underline">
          {t('allTasks')}
        </Link>
      }
    >
      {items === undefined &&
        (query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <Skeleton />)}
      {items?.length === 0 && <Empty icon={ListTodo} title={t('noTasks')} />}
      <ul className="grid gap-3 p-4 empty:hidden sm:grid-cols-2 xl:grid-cols-3">
        {items?.map((task) => (
          <li key={task.id}>
            <TaskCard task={task} showsStatus />
          </li>
        ))}
      </ul>
      <More
        shown={items?.length ?? 0}
        total={query.hasNextPage ? (first?.total ?? 0) : 0}
        busy={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
      />
    </Card>
  );
}
