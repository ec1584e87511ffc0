import { Trash2 } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useRoute } from '../../api/queries.ts';
import { IconButton } from '../../parts/button.tsx';
import { Select, TextField } from '../../parts/fields.tsx';
import { roleName } from '../../parts/names.ts';
import { type ActionDraft, actionKinds } from './draft.ts';

interface ProposeActionProps {
  readonly action: ActionDraft;
  /** What is wrong with a field, by its place in the action. */
  readonly errorOf: (field: string) => string | undefined;
  readonly onChange: (action: ActionDraft) => void;
  readonly onRemove: () => void;
}

/** One thing that approval is to set in motion. */
export function ProposeAction({ action, errorOf, onChange, onRemove }: ProposeActionProps) {
  const t = useTranslations('decisions');
  return (
    <div className="flex flex-col gap-3 rounded-lg border bg-paper p-3">
      <div className="flex items-end gap-2">
        <div className="min-w-0 grow">
          <Select
            label={t('actionKind')}
            value={action.kind}
            onChange={(kind) => onChange({ ...action, kind })}
            options={actionKinds.map((kind) => [kind, t(`kind_${kind}`)] as const)}
          />
        </div>
        <IconButton icon={Trash2} label={t('removeAction')} onClick={onRemove} />
      </div>
      <Fields action={action} errorOf={errorOf} onChange={onChange} />
    </div>
  );
}

type FieldsProps = Omit<ProposeActionProps, 'onRemove'>;

function Fields({ action, errorOf, onChange }: FieldsProps) {
  const t = useTranslations('decisions');
  switch (action.kind) {
    case 'create_task':
      return (
        <>
          <TextField
            label={t('taskTitle')}
            isRequired
            max={200}
            value={action.title}
            onChange={(title) => onChange({ ...action, title })}
            error={errorOf('task.title')}
          />
          <AgentField action={action} error={errorOf('task.assignTo')} onChange={onChange} />
        </>
      );
    case 'whitelist_domain':
      return (
        <div className="grid gap-3 sm:grid-cols-2">
          <TextField
            label={t('domain')}
            isRequired
            placeholder="api.example.com"
            value={action.domain}
            onChange={(domain) => onChange({ ...action, domain })}
            error={errorOf('domain')}
          />
          <TextField
            label={t('category')}
            isRequired
            value={action.category}
            onChange={(category) => onChange({ ...action, category })}
            error={errorOf('category')}
          />
        </div>
      );
    case 'start_agent':
    case 'stop_agent':
      return <AgentField action={action} error={errorOf('agentType')} onChange={onChange} />;
    case 'change_setting':
      return <SettingFields action={action} errorOf={errorOf} onChange={onChange} />;
  }
}

interface AgentFieldProps extends Pick<FieldsProps, 'action' | 'onChange'> {
  readonly error: string | undefined;
}

function AgentField({ action, error, onChange }: AgentFieldProps) {
  const t = useTranslations('decisions');
  const agents = useRoute('listAgents');
  return (
    <Select
      label={t('agent')}
      isRequired
      value={action.agentType}
      onChange={(agentType) => onChange({ ...action, agentType })}
      options={[
        ['', t('choose')],
        ...(agents.data?.agents ?? []).map(({ type, name }) => [type, `${roleName(type)} · ${name}`] as const),
      ]}
      error={error === undefined ? undefined : t('chooseAgent')}
    />
  );
}

function SettingFields({ action, errorOf, onChange }: FieldsProps) {
  const t = useTranslations('decisions');
  const { data } = useRoute('getSettings');
  const names = Object.entries(data?.settings ?? {}).flatMap(([category, keys]) =>
    Object.keys(keys).map((key) => `${category}.${key}`),
  );
  const isMissing = (errorOf('category') ?? errorOf('key')) !== undefined;
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Select
        label={t('setting')}
        isRequired
        value={action.setting}
        onChange={(setting) => onChange({ ...action, setting })}
        options={[['', t('choose')], ...names.map((name) => [name, name] as const)]}
        error={isMissing ? t('chooseSetting') : undefined}
      />
      <TextField
        label={t('value')}
        hint={t('valueHint')}
        isRequired
        value={action.value}
        onChange={(value) => onChange({ ...action, value })}
        error={errorOf('value')}
      />
    </div>
  );
}
