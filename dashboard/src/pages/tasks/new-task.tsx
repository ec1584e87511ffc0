import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { type Priority, prioritySchema } from '../../../../src/contracts/task.ts';
import { useAction, useRoute } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Select, TextArea, TextField } from '../../parts/fields.tsx';
import { roleName } from '../../parts/names.ts';

interface NewTaskProps {
  readonly isOpen: boolean;
  readonly assignee: string | undefined;
  readonly onClose: () => void;
}

export function NewTask({ isOpen, assignee, onClose }: NewTaskProps) {
  const t = useTranslations('tasks');
  return (
    <Dialog open={isOpen} onOpenChange={(open) => open || onClose()} title={t('new')} lead={t('newLead')}>
      <TaskForm assignee={assignee} onClose={onClose} />
    </Dialog>
  );
}

const nothing = { title: '', description: '', due: '' };

function TaskForm({ assignee, onClose }: Omit<NewTaskProps, 'isOpen'>) {
  const t = useTranslations('tasks');
  const common = useTranslations('common');
  const states = useTranslations('states');
  const agents = useRoute('listAgents').data?.agents ?? [];
  const [text, setText] = useState(nothing);
  const [chosen, setChosen] = useState(assignee);
  const [priority, setPriority] = useState<Priority>('normal');
  const assignTo = chosen ?? agents[0]?.type ?? '';
  const create = useAction('createTask', {
    done: ({ task }) => t('given', { agent: roleName(task.assignedTo), title: task.title }),
    onDone: onClose,
  });
  const change = (name: keyof typeof nothing) => (value: string) => setText((before) => ({ ...before, [name]: value }));

  function submit(event: FormEvent): void {
    event.preventDefault();
    const { title, description, due } = text;
    const dueAt = due === '' ? {} : { dueAt: new Date(due).toISOString() };
    create.mutate({ body: { title: title.trim(), description, assignTo, priority, ...dueAt } });
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <TextField label={t('fieldTitle')} value={text.title} onChange={change('title')} max={200} isRequired />
      <div className="grid gap-4 sm:grid-cols-2">
        <Select
          label={t('fieldAssignee')}
          value={assignTo}
          onChange={setChosen}
          options={agents.map(({ type }) => [type, roleName(type)] as const)}
        />
        <Select
          label={t('fieldPriority')}
          value={priority}
          onChange={setPriority}
          options={prioritySchema.options.map((each) => [each, states(`priority_${each}`)] as const)}
        />
      </div>
      <TextField
        label={t('fieldDue')}
        hint={t('fieldDueHint')}
        type="datetime-local"
        value={text.due}
        onChange={change('due')}
      />
      <TextArea
        label={t('fieldDescription')}
        hint={t('fieldDescriptionHint')}
        value={text.description}
        onChange={change('description')}
        max={20_000}
        rows={5}
      />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{common('cancel')}</Button>
        <Button
          type="submit"
          variant="primary"
          busy={create.isPending}
          disabled={text.title.trim() === '' || assignTo === ''}
        >
          {t('give')}
        </Button>
      </div>
    </form>
  );
}
