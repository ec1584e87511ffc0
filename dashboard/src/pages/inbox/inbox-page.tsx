import { Construction } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

export function InboxPage() {
  const t = useTranslations('inbox');
  return (
    <Page title={t('title')}>
      <Empty icon={Construction} title={t('title')} />
    </Page>
  );
}
