import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { SettingEntry } from '../../../../src/contracts/setting-entry.ts';
import { useAction } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { useErrorWords } from '../../parts/error-words.ts';
import { TextField } from '../../parts/fields.tsx';
import { draftOf, type JsonSchema, kindOf, nameOfSetting, valueOfDraft } from './kinds.ts';
import { refusalOf } from './refusal.ts';
import { SettingField } from './setting-field.tsx';
import { useDescription, useValueWords } from './use-words.ts';

interface SettingDialogProps {
  /** Undefined: nothing is edited. */
  readonly entry: SettingEntry | undefined;
  readonly schema: JsonSchema;
  readonly onClose: () => void;
}

export function SettingDialog({ entry, schema, onClose }: SettingDialogProps) {
  const describe = useDescription();
  return (
    <Dialog
      open={entry !== undefined}
      onOpenChange={(isOpen) => isOpen || onClose()}
      title={entry ? nameOfSetting(entry) : ''}
      lead={entry && describe(entry)}
    >
      {entry && <Form key={nameOfSetting(entry)} entry={entry} schema={schema} onClose={onClose} />}
    </Dialog>
  );
}

/** The value by its schema; whether it is allowed the server says, in words, beside the field. */
function Form({ entry, schema, onClose }: SettingDialogProps & { readonly entry: SettingEntry }) {
  const t = useTranslations('settings');
  const common = useTranslations('common');
  const words = useErrorWords();
  const valueWords = useValueWords();
  const kind = kindOf(schema);
  const [draft, setDraft] = useState(() => draftOf(kind, entry.value));
  const [note, setNote] = useState(entry.note ?? '');
  const name = nameOfSetting(entry);
  const params = { category: entry.category, key: entry.key };
  const change = useAction('changeSetting', { done: () => t('changed', { name }), onDone: onClose });
  const reset = useAction('resetSetting', { done: () => t('wasReset', { name }), onDone: onClose });
  const read = valueOfDraft(kind, draft);
  const problem = 'problem' in read && draft.trim() !== '' ? t(read.problem) : undefined;

  function save(event: FormEvent): void {
    event.preventDefault();
    if (!('value' in read)) return;
    change.mutate({ params, body: { value: read.value, ...(note.trim() !== '' && { description: note.trim() }) } });
  }

  return (
    <form onSubmit={save} className="flex flex-col gap-4">
      <SettingField
        kind={kind}
        unit={entry.unit}
        draft={draft}
        onDraft={setDraft}
        error={problem ?? (change.error ? (refusalOf(change.error) ?? words(change.error)) : undefined)}
      />
      <TextField label={t('note')} value={note} onChange={setNote} max={500} />
      {entry.category !== 'custom' && (
        <p className="text-xs break-words text-ink-soft">
          {t('defaultIs', { value: valueWords(entry, entry.default) ?? JSON.stringify(entry.default) })}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        {entry.changedAt !== null && (
          <Button className="mr-auto" busy={reset.isPending} onClick={() => reset.mutate({ params })}>
            {t(entry.category === 'custom' ? 'remove' : 'toDefault')}
          </Button>
        )}
        <Button onClick={onClose}>{common('cancel')}</Button>
        <Button type="submit" variant="primary" busy={change.isPending} disabled={!('value' in read)}>
          {common('save')}
        </Button>
      </div>
    </form>
  );
}
