import { Link, Outlet } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { useMay } from '../api/session.tsx';
import { Brand } from './brand.tsx';
import { ConnectionBanner } from './connection.tsx';
import { Count } from './count.tsx';
import { Foot } from './foot.tsx';
import { PhoneBar } from './phone-bar.tsx';
import { type Place, places } from './places.ts';
import { useWaitingCount } from './waiting.ts';

/** What is around every page: where one can go, what waits, and whether what is seen is live. */
export function Shell() {
  const t = useTranslations('shell');
  const waiting = useWaitingCount();
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[14.5rem_1fr]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-lg focus:bg-sheet focus:p-3"
      >
        {t('skip')}
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col border-r bg-sheet lg:flex">
        <Brand />
        <nav aria-label={t('navigation')} className="flex grow flex-col gap-0.5 overflow-y-auto px-3 py-2">
          {places.map((place) => (
            <MenuEntry key={place.to} place={place} count={place.name === 'inbox' ? waiting : 0} />
          ))}
        </nav>
        <Foot />
      </aside>
      <div className="flex min-w-0 flex-col pb-16 lg:pb-0">
        <ConnectionBanner />
        <main id="content" tabIndex={-1} className="min-w-0 grow outline-none">
          <Outlet />
        </main>
      </div>
      <PhoneBar waiting={waiting} />
    </div>
  );
}

function MenuEntry({ place, count }: { readonly place: Place; readonly count: number }) {
  const t = useTranslations('shell');
  const mayEnter = useMay(place.role);
  if (!mayEnter) return null;
  const Icon = place.icon;
  return (
    <Link
      to={place.to}
      activeOptions={{ exact: place.to === '/' }}
      className="flex min-h-9 items-center gap-2.5 rounded-lg px-2.5 text-sm font-medium"
      activeProps={{ className: 'bg-felt-tint text-felt' }}
      inactiveProps={{ className: 'text-ink-soft hover:bg-sunken hover:text-ink' }}
    >
      <Icon aria-hidden="true" className="size-4.5" strokeWidth={1.75} />
      <span className="grow">{t(place.name)}</span>
      <Count count={count} />
    </Link>
  );
}
