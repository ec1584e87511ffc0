import { useTranslations } from 'use-intl';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/states.tsx';
import type { EventLog } from './use-log.ts';

/** Below the last row: that more comes, that it could not be read, or that this is all. `isTired`: it has searched long for nothing. */
export function ListFoot({ log, isTired }: { readonly log: EventLog; readonly isTired: boolean }) {
  const t = useTranslations('events');
  const { older, newer } = log.window;
  if (log.error !== undefined)
    return <Failure error={log.error} onRetry={older === undefined ? log.loadNewer : log.loadOlder} />;
  return (
    <p className="flex min-h-12 items-center justify-center gap-3 px-4 py-3 text-center text-xs text-ink-soft">
      {older === undefined && (newer === undefined || !log.isLoading) && t('beginning')}
      {older !== undefined && !(isTired && !log.isLoading) && t('searching', { place: older })}
      {older !== undefined && isTired && !log.isLoading && (
        <>
          {t('searchedTo', { place: older })}
          <Button onClick={log.loadOlder}>{t('searchOn')}</Button>
        </>
      )}
    </p>
  );
}
