import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { SettingEntry } from '../../../../src/contracts/setting-entry.ts';
import { useAction } from '../../api/queries.ts';
import { Ask } from '../../parts/ask.tsx';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { TextField } from '../../parts/fields.tsx';
import { nameOfSetting } from './kinds.ts';

interface OpenProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** A secret of a name that is not in the list yet. */
export function NewSecret({ open, onOpenChange }: OpenProps) {
  const t = useTranslations('settings');
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('addSecret')} lead={t('secretLead')}>
      <SecretForm category="secrets" onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

/** What can be done with a secret that has a name: to see it is nothing of that. */
export function SecretActions({ entry }: { readonly entry: SettingEntry }) {
  const t = useTranslations('settings');
  const [isOpen, setOpen] = useState(false);
  const name = nameOfSetting(entry);
  const remove = useAction('resetSetting', { done: () => t('secretRemoved', { name }) });
  const isSet = entry.value !== null;
  return (
    <div className="flex flex-wrap gap-1">
      <Button variant="bare" onClick={() => setOpen(true)} aria-label={`${t(isSet ? 'replace' : 'set')}: ${name}`}>
        {t(isSet ? 'replace' : 'set')}
      </Button>
      {isSet && (
        <Ask
          trigger={(open) => (
            <Button variant="bare" onClick={open} aria-label={`${t('remove')}: ${name}`}>
              {t('remove')}
            </Button>
          )}
          title={t('removeSecret', { name })}
          lead={t('removeSecretLead')}
          confirm={t('remove')}
          isDangerous
          onConfirm={() => remove.mutateAsync({ params: { category: entry.category, key: entry.key } })}
        />
      )}
      <Dialog open={isOpen} onOpenChange={setOpen} title={name} lead={t('secretLead')}>
        <SecretForm category={entry.category} name={entry.key} onDone={() => setOpen(false)} />
      </Dialog>
    </div>
  );
}

interface SecretFormProps {
  readonly category: string;
  /** Undefined: to be given. */
  readonly name?: string;
  readonly onDone: () => void;
}

/** What is written here is sent, and forgotten. */
function SecretForm({ category, name, onDone }: SecretFormProps) {
  const t = useTranslations('settings');
  const common = useTranslations('common');
  const [key, setKey] = useState(name ?? '');
  const [value, setValue] = useState('');
  const change = useAction('changeSetting', { done: () => t('secretIsSet', { name: key }), onDone });

  function save(event: FormEvent): void {
    event.preventDefault();
    change.mutate({ params: { category, key: key.trim() }, body: { value } });
  }

  return (
    <form onSubmit={save} className="flex flex-col gap-4">
      {name === undefined && (
        <TextField label={t('secretName')} value={key} onChange={setKey} placeholder="GITHUB_TOKEN" isRequired />
      )}
      <TextField
        type="password"
        autoComplete="new-password"
        label={t('secretValue')}
        value={value}
        onChange={setValue}
        isRequired
      />
      <div className="flex justify-end">
        <Button type="submit" variant="primary" busy={change.isPending} disabled={key.trim() === '' || value === ''}>
          {common('save')}
        </Button>
      </div>
    </form>
  );
}
