import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Domain } from '../../../../src/contracts/domain.ts';
import { useAction } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { TextArea, TextField } from '../../parts/fields.tsx';
import { CategoryField } from './category-field.tsx';

interface DomainDialogProps {
  /** What opens it. */
  readonly trigger: (open: () => void) => ReactNode;
  /** The entry to change; without, a new one is made. */
  readonly entry?: Domain;
  /** A new one of this name. */
  readonly suggested?: string;
}

/** A domain that agents may reach, with what it is for. */
export function DomainDialog({ trigger, entry, suggested = '' }: DomainDialogProps) {
  const t = useTranslations('domains');
  const c = useTranslations('common');
  const [isOpen, setOpen] = useState(false);
  const [domain, setDomain] = useState('');
  const [category, setCategory] = useState('');
  const [description, setDescription] = useState('');
  const save = useAction('addDomain', {
    done: (answer) => t(entry?.isActive ? 'changed' : 'added', { domain: answer.domain.domain }),
    onDone: () => setOpen(false),
  });

  function open(): void {
    setDomain(entry?.domain ?? suggested);
    setCategory(entry?.category ?? '');
    setDescription(entry?.description ?? '');
    setOpen(true);
  }
  const isChange = entry?.isActive === true;
  return (
    <>
      {trigger(open)}
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title={isChange ? t('changeTitle', { domain: entry.domain }) : t('addTitle')}
        lead={isChange ? undefined : t('addLead')}
      >
        <form
          className="flex flex-col gap-4"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            save.mutate({
              body: { domain: domain.trim(), category: category.trim(), description: description.trim() },
            });
          }}
        >
          {entry === undefined && (
            <TextField
              label={t('domain')}
              hint={t('domainHint')}
              value={domain}
              onChange={setDomain}
              max={260}
              isRequired
              placeholder="api.example.com"
            />
          )}
          <CategoryField value={category} onChange={setCategory} />
          <TextArea label={t('description')} value={description} onChange={setDescription} max={500} rows={3} />
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>{c('cancel')}</Button>
            <Button
              type="submit"
              variant="primary"
              busy={save.isPending}
              disabled={domain.trim() === '' || category.trim() === ''}
            >
              {isChange ? c('save') : t('allow')}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
