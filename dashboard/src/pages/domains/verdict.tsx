import { Check, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { DomainRequest } from '../../../../src/contracts/domain.ts';
import { useAction } from '../../api/queries.ts';
import { Ask } from '../../parts/ask.tsx';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { TextArea } from '../../parts/fields.tsx';
import { CategoryField } from './category-field.tsx';

/** Yes, in a category; or no, with a reason that the agent reads. */
export function Verdict({ request: { id, domain, suggestedCategory } }: { readonly request: DomainRequest }) {
  const t = useTranslations('domains');
  const c = useTranslations('common');
  const [isOpen, setOpen] = useState(false);
  const [category, setCategory] = useState(suggestedCategory);
  const [notes, setNotes] = useState('');
  const approve = useAction('approveDomainRequest', {
    done: () => t('added', { domain }),
    onDone: () => setOpen(false),
  });
  const reject = useAction('rejectDomainRequest', { done: () => t('rejected', { domain }) });
  return (
    <div className="flex flex-wrap gap-2">
      <Button icon={Check} onClick={() => setOpen(true)} aria-label={t('approveDomain', { domain })}>
        {t('approve')}
      </Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={t('approveDomain', { domain })} lead={t('approveLead')}>
        <form
          className="flex flex-col gap-4"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            approve.mutate({ params: { id }, body: { category: category.trim(), notes: notes.trim() } });
          }}
        >
          <CategoryField value={category} onChange={setCategory} />
          <TextArea label={t('notes')} hint={t('notesHint')} value={notes} onChange={setNotes} max={2_000} rows={3} />
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>{c('cancel')}</Button>
            <Button type="submit" variant="primary" busy={approve.isPending} disabled={category.trim() === ''}>
              {t('approve')}
            </Button>
          </div>
        </form>
      </Dialog>
      <Ask
        trigger={(open) => (
          <Button variant="danger" icon={X} onClick={open} aria-label={t('rejectDomain', { domain })}>
            {t('reject')}
          </Button>
        )}
        title={t('rejectDomain', { domain })}
        lead={t('rejectLead')}
        words={{ label: t('notes'), isRequired: false }}
        confirm={t('reject')}
        isDangerous
        onConfirm={(words) => reject.mutateAsync({ params: { id }, body: { notes: words } })}
      />
    </div>
  );
}
