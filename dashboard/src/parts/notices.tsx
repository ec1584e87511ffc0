import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useErrorWords } from './error-words.ts';

interface Notice {
  readonly id: number;
  readonly text: string;
  readonly isError: boolean;
}

interface Notices {
  say(text: string): void;
  complain(error: unknown): void;
}

const NoticesContext = createContext<Notices | undefined>(undefined);

const shownMs = 6_000;
const shownMax = 4;
let lastId = 0;

/** What came of an action, in words: good news for a while, errors until they are closed. */
export function NoticesProvider({ children }: { readonly children: ReactNode }) {
  const t = useTranslations('common');
  const words = useErrorWords();
  const [notices, setNotices] = useState<readonly Notice[]>([]);

  const speaker = useMemo((): Notices => {
    const close = (id: number) => setNotices((shown) => shown.filter((notice) => notice.id !== id));
    function show(text: string, isError: boolean): number {
      lastId += 1;
      const notice = { id: lastId, text, isError };
      setNotices((shown) => [...shown, notice].slice(-shownMax));
      return notice.id;
    }
    return {
      say(text) {
        const id = show(text, false);
        setTimeout(() => close(id), shownMs);
      },
      complain: (error) => void show(words(error), true),
    };
  }, [words]);

  return (
    <NoticesContext value={speaker}>
      {children}
      <ol
        aria-live="polite"
        className="fixed right-3 bottom-20 left-3 z-50 mx-auto flex max-w-md flex-col gap-2 lg:right-6 lg:bottom-6 lg:left-auto lg:mx-0 lg:w-96"
      >
        {notices.map(({ id, text, isError }) => (
          <li
            key={id}
            className={`flex items-start gap-2 rounded-card border bg-sheet p-3 text-sm shadow-lg ${isError ? 'border-blood' : 'border-felt'}`}
          >
            {isError ? (
              <CircleAlert aria-hidden="true" className="mt-0.5 size-4.5 shrink-0 text-blood" />
            ) : (
              <CircleCheck aria-hidden="true" className="mt-0.5 size-4.5 shrink-0 text-felt" />
            )}
            <span className="min-w-0 grow break-words">{text}</span>
            <button
              type="button"
              aria-label={t('close')}
              onClick={() => setNotices((shown) => shown.filter((notice) => notice.id !== id))}
              className="rounded p-0.5 text-ink-soft hover:text-ink"
            >
              <X aria-hidden="true" className="size-4" />
            </button>
          </li>
        ))}
      </ol>
    </NoticesContext>
  );
}

export function useNotices(): Notices {
  const notices = useContext(NoticesContext);
  if (!notices) throw new Error('There is nobody to tell outside of NoticesProvider');
  return notices;
}
