import { ListTodo } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { type Task, type TaskStatus, taskStatusSchema } from '../../../../src/contracts/task.ts';
import { usePages } from '../../api/pages.ts';
import { Dot } from '../../parts/badge.tsx';
import { useMedia } from '../../parts/media.ts';
import { More } from '../../parts/more.tsx';
import { Empty, Failure, Skeleton } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { TaskCard } from '../../parts/task-card.tsx';
import type { Tone } from '../../parts/tone.ts';
import type { TasksSearch } from './search.ts';

const pageSize = 30;
const tones: Record<TaskStatus, Tone> = {
  pending: 'plain',
  in_progress: 'sky',
  completed: 'felt',
  failed: 'blood',
  cancelled: 'plain',
};

interface BoardProps {
  readonly search: TasksSearch;
  readonly onStatus: (status: TaskStatus) => void;
}

/** A column for each status; where there is room for one only, a tab. */
export function Board({ search, onStatus }: BoardProps) {
  const t = useTranslations('tasks');
  const isWide = useMedia('(min-width: 64rem)');
  const columns = {
    pending: useColumn('pending', search),
    in_progress: useColumn('in_progress', search),
    completed: useColumn('completed', search),
    failed: useColumn('failed', search),
    cancelled: useColumn('cancelled', search),
  };
  const all = Object.values(columns);
  if (all.every(({ first }) => first?.total === 0)) {
    const isFiltered = search.assignedTo !== undefined || search.priority !== undefined;
    return (
      <Empty icon={ListTodo} title={t(isFiltered ? 'emptyFiltered' : 'emptyBoard')}>
        {!isFiltered && t('emptyBoardLead')}
      </Empty>
    );
  }
  if (isWide) {
    return (
      <div className="grid grid-cols-5 items-start gap-3">
        {taskStatusSchema.options.map((status) => (
          <section
            key={status}
            aria-labelledby={`tasks-${status}`}
            className="flex min-w-0 flex-col gap-2 rounded-card bg-sunken p-2"
          >
            <h2 id={`tasks-${status}`} className="flex items-center gap-2 px-1 pt-1 font-sans text-sm font-medium">
              <Heading status={status} column={columns[status]} />
            </h2>
            <Cards status={status} column={columns[status]} />
          </section>
        ))}
      </div>
    );
  }
  return (
    <Tabs
      label={t('byStatus')}
      value={search.status ?? (columns.in_progress.first?.total ? 'in_progress' : 'pending')}
      onChange={onStatus}
      tabs={taskStatusSchema.options.map((status) => ({
        value: status,
        label: (
          <span className="flex items-center gap-1.5">
            <Heading status={status} column={columns[status]} />
          </span>
        ),
        content: (
          <>
            <h2 className="sr-only">{t('byStatus')}</h2>
            <Cards status={status} column={columns[status]} />
          </>
        ),
      }))}
    />
  );
}

type Column = ReturnType<typeof useColumn>;

const useColumn = (status: TaskStatus, { assignedTo, priority }: TasksSearch) =>
  usePages<'listTasks', Task>(
    'listTasks',
    { query: { status, assignedTo, priority } },
    { itemsOf: ({ tasks }) => tasks, behind: ({ id }) => ({ before: id }), limit: pageSize },
  );

function Heading({ status, column }: { readonly status: TaskStatus; readonly column: Column }) {
  const t = useTranslations('states');
  return (
    <>
      <Dot tone={tones[status]} isBusy={status === 'in_progress' && (column.first?.total ?? 0) > 0} />
      <span className="first-letter:uppercase">{t(`task_${status}`)}</span>
      <span className="text-xs font-normal text-ink-soft">{column.first?.total}</span>
    </>
  );
}

function Cards({ status, column }: { readonly status: TaskStatus; readonly column: Column }) {
  const t = useTranslations('tasks');
  const { query, items, first } = column;
  if (items === undefined || first === undefined) {
    return query.isError ? (
      <Failure error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Skeleton lines={4} />
    );
  }
  if (items.length === 0) return <p className="px-1 py-3 text-sm text-ink-soft">{t(`empty_${status}`)}</p>;
  return (
    <>
      <ul className="flex flex-col gap-2">
        {items.map((task) => (
          <li key={task.id}>
            <TaskCard task={task} />
          </li>
        ))}
      </ul>
      <More
        shown={items.length}
        total={query.hasNextPage ? first.total : items.length}
        busy={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
      />
    </>
  );
}
