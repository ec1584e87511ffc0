import { Link } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useMay } from '../api/session.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Count } from './count.tsx';
import { Foot } from './foot.tsx';
import { atThumb, type Place, places } from './places.ts';

/** A phone's menu, within reach of the thumb. */
export function PhoneBar({ waiting }: { readonly waiting: number }) {
  const t = useTranslations('shell');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <nav
        aria-label={t('navigation')}
        className="fixed inset-x-0 bottom-0 z-30 grid h-16 grid-cols-5 border-t bg-sheet pb-[env(safe-area-inset-bottom)] lg:hidden"
      >
        {places
          .filter(({ name }) => atThumb.has(name))
          .map((place) => (
            <BarEntry key={place.to} place={place} count={place.name === 'inbox' ? waiting : 0} />
          ))}
        <button
          type="button"
          onClick={() => setOpen(true)}
          className="flex flex-col items-center justify-center gap-0.5 text-xs text-ink-soft"
        >
          <Ellipsis aria-hidden="true" className="size-5" strokeWidth={1.75} />
          {t('more')}
        </button>
      </nav>
      <Dialog open={isOpen} onOpenChange={setOpen} title={t('navigation')}>
        <nav aria-label={t('more')} className="grid grid-cols-2 gap-2">
          {places
            .filter(({ name }) => !atThumb.has(name))
            .map((place) => (
              <SheetEntry key={place.to} place={place} onChosen={() => setOpen(false)} />
            ))}
        </nav>
        <Foot />
      </Dialog>
    </>
  );
}

function BarEntry({ place, count }: { readonly place: Place; readonly count: number }) {
  const t = useTranslations('shell');
  const Icon = place.icon;
  return (
    <Link
      to={place.to}
      activeOptions={{ exact: place.to === '/' }}
      className="relative flex flex-col items-center justify-center gap-0.5 text-xs"
      activeProps={{ className: 'text-felt font-medium' }}
      inactiveProps={{ className: 'text-ink-soft' }}
    >
      <Icon aria-hidden="true" className="size-5" strokeWidth={1.75} />
      {t(place.name)}
      <span className="absolute top-1 left-1/2 ml-1.5">
        <Count count={count} />
      </span>
    </Link>
  );
}

function SheetEntry({ place, onChosen }: { readonly place: Place; readonly onChosen: () => void }) {
  const t = useTranslations('shell');
  const mayEnter = useMay(place.role);
  if (!mayEnter) return null;
  const Icon = place.icon;
  return (
    <Link
      to={place.to}
      onClick={onChosen}
      className="flex min-h-11 items-center gap-2 rounded-lg border px-3 text-sm font-medium"
    >
      <Icon aria-hidden="true" className="size-4.5 text-ink-soft" strokeWidth={1.75} />
      {t(place.name)}
    </Link>
  );
}
