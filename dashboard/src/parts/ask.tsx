import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { TextArea } from './fields.tsx';

interface AskProps {
  /** What opens it. */
  readonly trigger: (open: () => void) => ReactNode;
  readonly title: string;
  readonly lead?: ReactNode;
  /** The label of a text to give with it; without, it only asks to confirm. */
  readonly words?: { readonly label: string; readonly isRequired: boolean; readonly max?: number };
  readonly confirm: string;
  readonly isDangerous?: boolean;
  /** Closes when this resolves; stays open, with what was written, when it rejects. */
  readonly onConfirm: (words: string) => Promise<unknown>;
}

/** Asks before something is done: to confirm it, or for the reason. */
export function Ask({ trigger, title, lead, words, confirm, isDangerous = false, onConfirm }: AskProps) {
  const t = useTranslations('common');
  const [isOpen, setOpen] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [text, setText] = useState('');

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      await onConfirm(text.trim());
      setOpen(false);
      setText('');
    } catch {
      // The action has complained already; what was written stays.
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      {trigger(() => setOpen(true))}
      <Dialog open={isOpen} onOpenChange={setOpen} title={title} lead={lead}>
        <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
          {words && (
            <TextArea
              label={words.label}
              value={text}
              onChange={setText}
              isRequired={words.isRequired}
              max={words.max ?? 2_000}
            />
          )}
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>{t('cancel')}</Button>
            <Button
              type="submit"
              variant={isDangerous ? 'danger' : 'primary'}
              busy={isBusy}
              disabled={words?.isRequired === true && text.trim() === ''}
            >
              {confirm}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
