import { Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Page } from '../parts/page.tsx';
import { Empty, Failure } from '../parts/states.tsx';

export function LostPage() {
  const t = useTranslations('common');
  return (
    <Page title={t('notFoundTitle')}>
      <Empty icon={Compass} title={t('notFoundLead')}>
        <Link to="/" className="text-felt underline">
          {t('toOverview')}
        </Link>
      </Empty>
    </Page>
  );
}

export function BrokenPage({ error }: { readonly error: unknown }) {
  const t = useTranslations('common');
  return (
    <Page title={t('brokenTitle')}>
      <Failure error={error} onRetry={() => location.reload()} />
    </Page>
  );
}
