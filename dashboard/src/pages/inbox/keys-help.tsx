import { useTranslations } from 'use-intl';
import { Dialog } from '../../parts/dialog.tsx';

interface KeysHelpProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

const rows = [
  ['j ↓', 'keyNext'],
  ['k ↑', 'keyPrevious'],
  ['Enter', 'keyOpen'],
  ['a', 'keyApprove'],
  ['r', 'keyReject'],
  ['Ctrl Enter', 'keySend'],
  ['Esc', 'keyBack'],
  ['?', 'keyHelp'],
] as const;

/** What the keys do here. */
export function KeysHelp({ open, onOpenChange }: KeysHelpProps) {
  const t = useTranslations('inbox');
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('keys')}>
      <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-2 text-sm">
        {rows.map(([keys, meaning]) => (
          <div key={keys} className="contents">
            <dt className="flex gap-1">
              {keys.split(' ').map((key) => (
                <kbd
                  key={key}
                  className="rounded border border-line-strong bg-sunken px-1.5 font-mono text-xs leading-5"
                >
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{t(meaning)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
