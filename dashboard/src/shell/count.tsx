import { useTranslations } from 'use-intl';

/** How many wait; nothing when none do. */
export function Count({ count }: { readonly count: number }) {
  const t = useTranslations('shell');
  if (count === 0) return null;
  return (
    <span className="min-w-5 rounded-full bg-brass px-1.5 text-center text-xs leading-5 font-semibold text-sheet">
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span className="sr-only">{t('waiting', { count })}</span>
    </span>
  );
}
