import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useTranslations } from 'use-intl';

interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
}

/** Something to settle before going on. From below on a phone, in the middle elsewhere. The platform's own: it keeps the focus, and Escape closes it. */
export function Dialog({ open, onOpenChange, title, lead, children }: DialogProps) {
  const t = useTranslations('common');
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={`${id}-title`}
      aria-describedby={lead === undefined ? undefined : `${id}-lead`}
      onClose={() => onOpenChange(false)}
      className="mx-auto mt-auto mb-0 max-h-[90dvh] w-full max-w-full overflow-y-auto rounded-t-2xl border bg-sheet p-5 text-ink shadow-xl backdrop:bg-black/45 sm:my-auto sm:w-[min(34rem,92vw)] sm:rounded-2xl"
    >
      {open && (
        <div className="flex flex-col gap-3">
          <div className="flex items-start justify-between gap-3">
            <h2 id={`${id}-title`} className="min-w-0 text-xl break-words">
              {title}
            </h2>
            <button
              type="button"
              aria-label={t('close')}
              onClick={() => onOpenChange(false)}
              className="-mt-1 -mr-1 rounded-lg p-2 text-ink-soft hover:bg-sunken"
            >
              <X aria-hidden="true" className="size-4.5" />
            </button>
          </div>
          {lead !== undefined && (
            <div id={`${id}-lead`} className="text-sm text-ink-soft">
              {lead}
            </div>
          )}
          {children}
        </div>
      )}
    </dialog>
  );
}
