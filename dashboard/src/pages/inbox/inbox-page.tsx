import { useNavigate, useSearch } from '@tanstack/react-router';
import { CircleCheckBig, Keyboard } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { IconButton } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Failure, Skeleton } from '../../parts/states.tsx';
import { Desk } from './desk.tsx';
import { KeysHelp } from './keys-help.tsx';
import { useWaiting } from './use-waiting.ts';

/** All that waits for a human: read, decide, next. */
export function InboxPage() {
  const t = useTranslations('inbox');
  const navigate = useNavigate();
  const { item: wanted } = useSearch({ from: '/inbox' });
  const [isHelpOpen, setHelpOpen] = useState(false);
  const { items, total, error, retry } = useWaiting();
  return (
    <Page
      title={t('title')}
      lead={items !== undefined && items.length > 0 && t('lead', { count: total })}
      actions={
        <span className="hidden lg:inline">
          <IconButton icon={Keyboard} label={t('keys')} onClick={() => setHelpOpen(true)} />
        </span>
      }
    >
      {items === undefined ? (
        <Card>{error === null ? <Skeleton lines={6} /> : <Failure error={error} onRetry={retry} />}</Card>
      ) : items.length === 0 && wanted === undefined ? (
        <Card>
          <Empty icon={CircleCheckBig} title={t('empty')}>
            {t('emptyLead')}
          </Empty>
        </Card>
      ) : (
        <Desk
          items={items}
          total={total}
          wanted={wanted}
          onGo={(item) => void navigate({ to: '/inbox', search: { item }, replace: true, resetScroll: false })}
          onHelp={() => setHelpOpen(true)}
        />
      )}
      <KeysHelp open={isHelpOpen} onOpenChange={setHelpOpen} />
    </Page>
  );
}
