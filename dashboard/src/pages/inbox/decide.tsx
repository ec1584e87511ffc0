import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../../parts/button.tsx';
import { TextArea } from '../../parts/fields.tsx';
import type { Move } from './moves.ts';

interface DecideProps {
  readonly moves: readonly Move[];
  /** The one whose words are being written. */
  readonly chosen: Move | undefined;
  readonly onChoose: (move: Move | undefined) => void;
  readonly onDone: () => void;
}

/** At the foot of what one reads: what one can do about it, and the reason for it. */
export function Decide({ moves, chosen, onChoose, onDone }: DecideProps) {
  const t = useTranslations('inbox');
  return (
    <div className="sticky bottom-16 z-10 rounded-b-card border-t bg-sheet p-4 lg:bottom-0">
      {chosen === undefined ? (
        <div className="flex flex-wrap items-center justify-end gap-2">
          {moves.length === 0 && <p className="mr-auto text-sm text-ink-soft">{t('notYours')}</p>}
          {moves.toReversed().map((move) => (
            <Button
              key={move.key}
              variant={move.isDangerous ? 'danger' : move.key === 'a' ? 'primary' : 'quiet'}
              aria-keyshortcuts={move.key}
              onClick={() => onChoose(move)}
            >
              {move.label}
              <span aria-hidden="true" className="ml-1 hidden font-mono text-xs lg:inline">
                {move.key}
              </span>
            </Button>
          ))}
        </div>
      ) : (
        <Words key={chosen.key} move={chosen} onCancel={() => onChoose(undefined)} onDone={onDone} />
      )}
    </div>
  );
}

interface WordsProps {
  readonly move: Move;
  readonly onCancel: () => void;
  readonly onDone: () => void;
}

function Words({ move, onCancel, onDone }: WordsProps) {
  const t = useTranslations('inbox');
  const common = useTranslations('common');
  const form = useRef<HTMLFormElement>(null);
  const [text, setText] = useState('');
  const [isBusy, setBusy] = useState(false);
  const isMissing = move.needsWords && text.trim() === '';
  useEffect(() => form.current?.querySelector<HTMLElement>('textarea, button[type=submit]')?.focus(), []);

  async function submit(event?: FormEvent): Promise<void> {
    event?.preventDefault();
    if (isMissing || isBusy) return;
    setBusy(true);
    try {
      await move.run(text.trim());
      onDone();
    } catch {
      // It has complained already; what was written stays.
      setBusy(false);
    }
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.stopPropagation();
      onCancel();
    }
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) void submit();
  }

  return (
    <form ref={form} onSubmit={(event) => void submit(event)} onKeyDown={onKeyDown} className="flex flex-col gap-3">
      {move.words !== undefined && (
        <TextArea
          label={move.words}
          isRequired={move.needsWords}
          rows={2}
          max={2_000}
          value={text}
          onChange={setText}
        />
      )}
      <div className="flex items-center justify-end gap-2">
        <span className="mr-auto hidden text-xs text-ink-soft lg:inline">{t('sendHint')}</span>
        <Button onClick={onCancel}>{common('cancel')}</Button>
        <Button type="submit" variant={move.isDangerous ? 'danger' : 'primary'} busy={isBusy} disabled={isMissing}>
          {move.label}
        </Button>
      </div>
    </form>
  );
}
