import { Plus } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useMay } from '../../api/session.tsx';
import { Button } from '../../parts/button.tsx';
import { Page } from '../../parts/page.tsx';
import { Denied } from './denied.tsx';
import { DomainDialog } from './domain-dialog.tsx';
import { Requests } from './requests.tsx';
import { Whitelist } from './whitelist.tsx';

/** What agents may reach, what they ask for, and what they were kept from. */
export function DomainsPage() {
  const t = useTranslations('domains');
  const mayChange = useMay('operator');
  return (
    <Page
      title={t('title')}
      lead={t('lead')}
      actions={
        mayChange && (
          <DomainDialog
            trigger={(open) => (
              <Button variant="primary" icon={Plus} onClick={open}>
                {t('add')}
              </Button>
            )}
          />
        )
      }
    >
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <Requests />
          <Whitelist />
        </div>
        <Denied />
      </div>
    </Page>
  );
}
