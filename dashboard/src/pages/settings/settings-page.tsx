import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { Page } from '../../parts/page.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { ChannelsTab } from './channels-tab.tsx';
import { DirectionTab } from './direction-tab.tsx';
import { HistoryTab } from './history-tab.tsx';
import { RegistryTab } from './registry-tab.tsx';
import type { SettingsTab } from './search.ts';

/** What operators can change while everything runs. */
export function SettingsPage() {
  const t = useTranslations('settings');
  const search = useSearch({ from: '/settings' });
  const navigate = useNavigate();
  const go = (tab: SettingsTab) => void navigate({ to: '/settings', search: { ...search, tab }, replace: true });
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Tabs
        label={t('title')}
        value={search.tab ?? 'all'}
        onChange={go}
        tabs={[
          { value: 'all', label: t('tab_all'), content: <RegistryTab query={search.q ?? ''} /> },
          { value: 'direction', label: t('tab_direction'), content: <DirectionTab /> },
          { value: 'notifications', label: t('tab_notifications'), content: <ChannelsTab /> },
          { value: 'history', label: t('tab_history'), content: <HistoryTab /> },
        ]}
      />
    </Page>
  );
}
