import { Construction } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

export function TasksPage() {
  const t = useTranslations('tasks');
  return (
    <Page title={t('title')}>
      <Empty icon={Construction} title={t('title')} />
    </Page>
  );
}
