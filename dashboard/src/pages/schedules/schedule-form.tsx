import { Pencil, Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { catchUpSchema, type Job } from '../../../../src/contracts/job.ts';
import { prioritySchema } from '../../../../src/contracts/task.ts';
import { useAction, useRoute } from '../../api/queries.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Select, TextArea, TextField } from '../../parts/fields.tsx';
import { roleName } from '../../parts/names.ts';
import { type Draft, draftOf, emptyDraft, templateOf } from './draft.ts';

export function NewSchedule() {
  const t = useTranslations('schedules');
  const [isOpen, setOpen] = useState(false);
  const create = useAction('createJob', {
    done: ({ job }) => t('saved', { id: job.id }),
    onDone: () => setOpen(false),
  });
  return (
    <>
      <Button variant="primary" icon={Plus} onClick={() => setOpen(true)}>
        {t('create')}
      </Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={t('create')}>
        <ScheduleForm
          isNew
          first={emptyDraft}
          isBusy={create.isPending}
          onSave={(draft) => create.mutate({ body: { id: draft.id.trim(), ...changesOf(draft) } })}
        />
      </Dialog>
    </>
  );
}

export function EditSchedule({ job }: { readonly job: Job }) {
  const t = useTranslations('schedules');
  const [isOpen, setOpen] = useState(false);
  const change = useAction('changeJob', {
    done: () => t('saved', { id: job.id }),
    onDone: () => setOpen(false),
  });
  return (
    <>
      <IconButton icon={Pencil} label={`${t('edit')}: ${job.id}`} onClick={() => setOpen(true)} />
      <Dialog open={isOpen} onOpenChange={setOpen} title={job.id}>
        <ScheduleForm
          first={draftOf(job)}
          isBusy={change.isPending}
          onSave={(draft) => change.mutate({ params: { id: job.id }, body: changesOf(draft) })}
        />
      </Dialog>
    </>
  );
}

const changesOf = (draft: Draft) => ({
  schedule: draft.schedule.trim(),
  timeZone: draft.timeZone,
  description: draft.description,
  catchUp: draft.catchUp,
  template: templateOf(draft),
});

interface FormProps {
  readonly first: Draft;
  /** A name is given once. */
  readonly isNew?: boolean;
  readonly isBusy: boolean;
  readonly onSave: (draft: Draft) => void;
}

function ScheduleForm({ first, isNew = false, isBusy, onSave }: FormProps) {
  const t = useTranslations('schedules');
  const common = useTranslations('common');
  const [draft, setDraft] = useState(first);
  const set =
    <K extends keyof Draft>(name: K) =>
    (value: Draft[K]) =>
      setDraft((before) => ({ ...before, [name]: value }));

  function submit(event: FormEvent): void {
    event.preventDefault();
    onSave(draft);
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {isNew && (
        <TextField label={t('name')} hint={t('nameHint')} value={draft.id} onChange={set('id')} max={64} isRequired />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={t('cron')}
          hint={t('cronHint')}
          value={draft.schedule}
          onChange={set('schedule')}
          max={100}
          isRequired
        />
        <Select
          label={t('timeZone')}
          value={draft.timeZone}
          onChange={set('timeZone')}
          options={timeZones(draft.timeZone)}
        />
      </div>
      <TextField label={t('about')} value={draft.description} onChange={set('description')} max={500} />
      <TemplateFields draft={draft} set={set} />
      <Select
        label={t('catchUp')}
        value={draft.catchUp}
        onChange={set('catchUp')}
        options={catchUpSchema.options.map((option) => [option, t(`catchUp_${option}`)])}
      />
      <Button type="submit" variant="primary" busy={isBusy}>
        {common('save')}
      </Button>
    </form>
  );
}

type Setter = <K extends keyof Draft>(name: K) => (value: Draft[K]) => void;

/** What it does each time: a task or a message, and for whom. */
function TemplateFields({ draft, set }: { readonly draft: Draft; readonly set: Setter }) {
  const t = useTranslations('schedules');
  const states = useTranslations('states');
  const agents = useRoute('listAgents');
  const types = agents.data?.agents.map(({ type }) => type) ?? (draft.agentType === '' ? [] : [draft.agentType]);
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-3">
        <Select
          label={t('does')}
          value={draft.kind}
          onChange={set('kind')}
          options={[
            ['task', t('task')],
            ['message', t('message')],
          ]}
        />
        <Select
          label={t('role')}
          value={draft.agentType}
          onChange={set('agentType')}
          options={[['', '–'] as const, ...types.map((type) => [type, roleName(type)] as const)]}
          isRequired
        />
        <Select
          label={t('priority')}
          value={draft.priority}
          onChange={set('priority')}
          options={prioritySchema.options.map((option) => [option, states(`priority_${option}`)])}
        />
      </div>
      {draft.kind === 'task' && (
        <TextField label={t('taskTitle')} value={draft.title} onChange={set('title')} max={200} isRequired />
      )}
      <TextArea
        label={t(draft.kind === 'task' ? 'taskDescription' : 'messageText')}
        value={draft.text}
        onChange={set('text')}
        max={20_000}
        isRequired={draft.kind === 'message'}
      />
    </>
  );
}

/** Where the schedule is at home, where the reader is, UTC, and then the whole world. */
const timeZones = (current: string): (readonly [string, string])[] => {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return [...new Set([current, here, 'UTC', ...Intl.supportedValuesOf('timeZone')])].map((zone) => [zone, zone]);
};
