import { useTranslations } from 'use-intl';
import { Button } from './button.tsx';

interface MoreProps {
  /** What is on the screen, and what there is. */
  readonly shown: number;
  readonly total: number;
  readonly busy?: boolean;
  readonly onMore: () => void;
}

/** The end of a page of a longer list. */
export function More({ shown, total, busy = false, onMore }: MoreProps) {
  const t = useTranslations('common');
  if (shown >= total) return null;
  return (
    <div className="flex items-center justify-center gap-3 border-t border-line p-3 text-sm text-ink-soft">
      {t('shown', { shown, total })}
      <Button busy={busy} onClick={onMore}>
        {t('more')}
      </Button>
    </div>
  );
}
