import { X } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { type Priority, prioritySchema } from '../../../../src/contracts/task.ts';
import { useRoute } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Select } from '../../parts/fields.tsx';
import { roleName } from '../../parts/names.ts';
import type { TasksSearch } from './search.ts';

interface FiltersProps {
  readonly search: TasksSearch;
  readonly onChange: (part: Partial<TasksSearch>) => void;
}

export function Filters({ search, onChange }: FiltersProps) {
  const t = useTranslations('tasks');
  const states = useTranslations('states');
  const types = (useRoute('listAgents').data?.agents ?? []).map(({ type }) => type);
  // Whoever is named in the address stands in the list, there or not.
  const assignees = [...new Set([...types, ...(search.assignedTo === undefined ? [] : [search.assignedTo])])].sort();
  const isFiltered = search.assignedTo !== undefined || search.priority !== undefined;
  return (
    <search aria-label={t('filters')} className="flex flex-wrap items-end gap-2">
      <div className="w-40 grow sm:grow-0">
        <Select
          label={t('fieldAssignee')}
          isLabelHidden
          value={search.assignedTo ?? ''}
          onChange={(type) => onChange({ assignedTo: type === '' ? undefined : type })}
          options={[['', t('anyAgent')], ...assignees.map((type) => [type, roleName(type)] as const)]}
        />
      </div>
      <div className="w-40 grow sm:grow-0">
        <Select<Priority | ''>
          label={t('fieldPriority')}
          isLabelHidden
          value={search.priority ?? ''}
          onChange={(priority) => onChange({ priority: priority === '' ? undefined : priority })}
          options={[
            ['', t('anyPriority')],
            ...prioritySchema.options.map((priority) => [priority, states(`priority_${priority}`)] as const),
          ]}
        />
      </div>
      {isFiltered && (
        <Button variant="bare" icon={X} onClick={() => onChange({ assignedTo: undefined, priority: undefined })}>
          {t('reset')}
        </Button>
      )}
    </search>
  );
}
