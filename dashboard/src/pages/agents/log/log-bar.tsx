import { ArrowDownToLine, ChevronDown, ChevronUp, Pause, Play } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button, IconButton } from '../../../parts/button.tsx';
import { TextField } from '../../../parts/fields.tsx';

interface LogBarProps {
  readonly words: string;
  readonly onWords: (words: string) => void;
  readonly matches: { readonly count: number; readonly at: number };
  /** To the next match, or with -1 to the one before. */
  readonly onJump: (step: 1 | -1) => void;
  readonly isPaused: boolean;
  /** Lines that came since it was paused. */
  readonly missed: number;
  readonly onPause: () => void;
  readonly isFollowing: boolean;
  readonly onFollow: () => void;
}

export function LogBar(props: LogBarProps) {
  const t = useTranslations('agents');
  const { words, onWords, matches, onJump, isPaused, missed, onPause, isFollowing, onFollow } = props;
  const isSearching = words.trim() !== '';
  return (
    <div className="flex flex-wrap items-center gap-2 border-b px-4 py-2">
      <search className="flex min-w-0 grow items-center gap-1 sm:grow-0">
        <form
          className="min-w-0 grow sm:w-64"
          onSubmit={(event) => {
            event.preventDefault();
            onJump(1);
          }}
        >
          <TextField
            label={t('logSearch')}
            placeholder={t('logSearch')}
            isLabelHidden
            type="search"
            value={words}
            onChange={onWords}
          />
        </form>
        <IconButton
          icon={ChevronUp}
          label={t('logPrevious')}
          disabled={matches.count === 0}
          onClick={() => onJump(-1)}
        />
        <IconButton icon={ChevronDown} label={t('logNext')} disabled={matches.count === 0} onClick={() => onJump(1)} />
      </search>
      <p role="status" className="text-xs text-ink-soft">
        {isSearching &&
          (matches.count === 0 ? t('logNoMatch') : t('logMatchOf', { at: matches.at + 1, count: matches.count }))}
      </p>
      <div className="ml-auto flex flex-wrap items-center gap-2">
        {isPaused && <span className="text-xs text-ink-soft">{t('logPausedAt', { count: missed })}</span>}
        <Button icon={isPaused ? Play : Pause} onClick={onPause}>
          {t(isPaused ? 'logResume' : 'logPause')}
        </Button>
        <Button
          icon={ArrowDownToLine}
          aria-pressed={isFollowing}
          onClick={onFollow}
          className="aria-pressed:border-felt aria-pressed:text-felt"
        >
          {t('logFollow')}
        </Button>
      </div>
    </div>
  );
}
