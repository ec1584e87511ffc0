import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { benchmarkCaller } from '../../../src/contracts/benchmark.ts';
import { type Budgets, budgetsSchema, type Measure, type Period } from '../../../src/contracts/budget.ts';
import { useAction, useRoute } from '../api/queries.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Select, TextField } from '../parts/fields.tsx';
import { Loaded } from '../parts/states.tsx';
import { isLimit, type LimitField, type LimitTexts, limitFields, limitsOf, textsOf } from './limits.ts';
import { useWhoseName } from './use-whose-name.ts';

interface BudgetDialogProps {
  /** Whose budget is open; undefined: none. */
  readonly subject: string | undefined;
  readonly onSubject: (subject: string | undefined) => void;
}

/** Sets what a role or the team may spend: the setting `budgets.<subject>`. */
export function BudgetDialog({ subject, onSubject }: BudgetDialogProps) {
  const t = useTranslations('models');
  const close = () => onSubject(undefined);
  return (
    <Dialog
      open={subject !== undefined}
      onOpenChange={(isOpen) => isOpen || close()}
      title={t('setBudget')}
      lead={t('budgetLead')}
    >
      {subject !== undefined && <Choosing subject={subject} onSubject={onSubject} onDone={close} />}
    </Dialog>
  );
}

interface ChoosingProps {
  readonly subject: string;
  readonly onSubject: (subject: string) => void;
  readonly onDone: () => void;
}

function Choosing({ subject, onSubject, onDone }: ChoosingProps) {
  const t = useTranslations('models');
  const whoseName = useWhoseName();
  const registry = useRoute('getSettingsRegistry');
  return (
    <Loaded query={registry} lines={6}>
      {({ settings }) => {
        const budgets = settings.filter(({ category }) => category === 'budgets');
        const own = budgets.find(({ key }) => key === subject);
        return (
          <div className="flex flex-col gap-4">
            <Select
              label={t('whose')}
              value={subject}
              onChange={onSubject}
              options={budgets.map(({ key }) => [key, whoseName(key)] as const)}
            />
            <Limits
              key={subject}
              subject={subject}
              limits={budgetsSchema.catch({}).parse(own?.value)}
              isSet={own !== undefined && own.changedAt !== null}
              onDone={onDone}
            />
          </div>
        );
      }}
    </Loaded>
  );
}

interface LimitsProps {
  readonly subject: string;
  readonly limits: Budgets;
  /** An operator has set it; else it is the profile's. */
  readonly isSet: boolean;
  readonly onDone: () => void;
}

function Limits({ subject, limits, isSet, onDone }: LimitsProps) {
  const t = useTranslations('models');
  const common = useTranslations('common');
  const [texts, setTexts] = useState<LimitTexts>(() => textsOf(limits));
  const whose = useWhoseName()(subject);
  const change = useAction('changeSetting', { done: () => t('budgetSet', { whose }), onDone });
  const reset = useAction('resetSetting', { done: () => t('budgetReset', { whose }), onDone });
  const params = { category: 'budgets', key: subject };
  const wrong = limitFields.filter((field) => !isLimit(field, texts[field] ?? ''));

  function save(event: FormEvent): void {
    event.preventDefault();
    change.mutate({ params, body: { value: limitsOf(texts) } });
  }

  return (
    <form onSubmit={save} className="flex flex-col gap-4">
      <div className="grid gap-3 sm:grid-cols-2 sm:grid-flow-col sm:grid-rows-3">
        {limitFields.map((field) => (
          <TextField
            key={field}
            label={labelOf(t, field)}
            value={texts[field] ?? ''}
            onChange={(text) => setTexts((before) => ({ ...before, [field]: text }))}
            placeholder={t('toNone')}
            error={wrong.includes(field) ? t('notANumber') : undefined}
          />
        ))}
      </div>
      <div className="flex flex-wrap justify-end gap-2">
        {isSet && (
          <Button className="mr-auto" busy={reset.isPending} onClick={() => reset.mutate({ params })}>
            {t(subject === 'team' || subject === benchmarkCaller ? 'toNone' : 'toProfile')}
          </Button>
        )}
        <Button type="submit" variant="primary" busy={change.isPending} disabled={wrong.length > 0}>
          {common('save')}
        </Button>
      </div>
    </form>
  );
}

function labelOf(t: ReturnType<typeof useTranslations<'models'>>, field: LimitField): string {
  const [period, measure] = field.split('.') as [Period, Measure]; // as the type is made
  return t(`field_${measure}`, { period: t(period) });
}
