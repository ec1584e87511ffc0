import { WifiOff } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useConnectionState } from '../live/live.tsx';
import { Ago } from '../parts/time.tsx';

/** Says that what is on the screen has grown old, and since when. */
export function ConnectionBanner() {
  const t = useTranslations('shell');
  const state = useConnectionState();
  // The region is there from the start, so that a change in it is read out.
  return (
    <div role="status" aria-live="polite">
      {state.kind === 'lost' && (
        <p className="flex items-center justify-center gap-2 bg-blood-tint px-4 py-2 text-sm text-blood">
          <WifiOff aria-hidden="true" className="size-4 shrink-0" />
          <span>{t.rich('lostSince', { ago: () => <Ago at={new Date(state.since).toISOString()} /> })}</span>
        </p>
      )}
    </div>
  );
}
