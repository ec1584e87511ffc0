import { useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { tierOrder } from '../../../../src/contracts/policy.ts';
import { useAction } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Select, TextArea, TextField } from '../../parts/fields.tsx';
import { type ActionDraft, type DecisionDraft, emptyAction, emptyDraft, proposalOf } from './draft.ts';
import { ProposeAction } from './propose-action.tsx';

const actionsMax = 10;

/** A proposal of one's own: what, how grave, and what its approval sets in motion. */
export function Propose({ onClose }: { readonly onClose: () => void }) {
  const t = useTranslations('decisions');
  const common = useTranslations('common');
  const navigate = useNavigate();
  const [draft, setDraft] = useState<DecisionDraft>(emptyDraft);
  const [isTried, setTried] = useState(false);
  const [lastId, setLastId] = useState(0);
  const propose = useAction('proposeDecision', {
    done: ({ title, decisionType }) => t('proposed', { title, tier: t(`tierName_${decisionType}`) }),
    onDone: ({ id }) => void navigate({ to: '/decisions/$id', params: { id } }),
  });
  const drafted = proposalOf(draft);
  const errors = drafted.isReady || !isTried ? {} : drafted.errors;
  const change = (part: Partial<DecisionDraft>) => setDraft({ ...draft, ...part });
  const changeAction = (changed: ActionDraft) =>
    change({ actions: draft.actions.map((action) => (action.id === changed.id ? changed : action)) });

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    if (drafted.isReady) propose.mutate({ body: drafted.body });
  }

  function addAction(): void {
    change({ actions: [...draft.actions, emptyAction(lastId + 1)] });
    setLastId(lastId + 1);
  }

  return (
    <Dialog open onOpenChange={(isOpen) => isOpen || onClose()} title={t('propose')} lead={t('proposeLead')}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <TextField
          label={t('what')}
          isRequired
          max={200}
          value={draft.title}
          onChange={(title) => change({ title })}
          error={errors['title']}
        />
        <TextArea
          label={t('description')}
          hint={t('markdownHint')}
          rows={6}
          max={20_000}
          value={draft.description}
          onChange={(description) => change({ description })}
          error={errors['description']}
        />
        <Select
          label={t('tier')}
          hint={t(`tierHint_${draft.tier}`)}
          value={draft.tier}
          onChange={(tier) => change({ tier })}
          options={tierOrder.map((tier) => [tier, t(`tierName_${tier}`)] as const)}
        />
        <fieldset className="flex flex-col gap-3">
          <legend className="mb-1 text-sm font-medium">{t('onApprove')}</legend>
          {draft.actions.map((action, position) => (
            <ProposeAction
              key={action.id}
              action={action}
              errorOf={(field) => errors[`onApprove.${position}.${field}`]}
              onChange={changeAction}
              onRemove={() => change({ actions: draft.actions.filter(({ id }) => id !== action.id) })}
            />
          ))}
          <Button icon={Plus} className="self-start" disabled={draft.actions.length >= actionsMax} onClick={addAction}>
            {t('addAction')}
          </Button>
        </fieldset>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" variant="primary" busy={propose.isPending}>
            {t('propose')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
