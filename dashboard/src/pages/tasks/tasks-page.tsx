import { Plus } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useRoute } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { Button } from '../../parts/button.tsx';
import { Page } from '../../parts/page.tsx';
import { useAddress } from '../../parts/use-address.ts';
import { Board } from './board.tsx';
import { Filters } from './filters.tsx';
import { NewTask } from './new-task.tsx';
import { tasksSearch } from './search.ts';
import { WipStrip } from './wip-strip.tsx';

/** All that the team has to do, by how it stands. */
export function TasksPage() {
  const t = useTranslations('tasks');
  const mayCreate = useMay('operator');
  const [search, change] = useAddress(tasksSearch);
  const pending = useRoute('listTasks', { query: { status: 'pending', limit: 1 } });
  const inProgress = useRoute('listTasks', { query: { status: 'in_progress', limit: 200 } });
  const open = pending.data && inProgress.data && pending.data.total + inProgress.data.total;
  return (
    <Page
      title={t('title')}
      lead={open !== undefined && t('lead', { open })}
      actions={
        mayCreate && (
          <Button variant="primary" icon={Plus} onClick={() => change({ create: true })}>
            {t('new')}
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-3 lg:flex-row lg:flex-wrap lg:items-center lg:justify-between">
        <WipStrip
          inProgress={inProgress.data?.tasks ?? []}
          chosen={search.assignedTo}
          onChoose={(assignedTo) => change({ assignedTo })}
        />
        <Filters search={search} onChange={change} />
      </div>
      <Board search={search} onStatus={(status) => change({ status })} />
      {mayCreate && (
        <NewTask
          isOpen={search.create === true}
          assignee={search.assignedTo}
          onClose={() => change({ create: undefined })}
        />
      )}
    </Page>
  );
}
