import { ScrollText } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Dot } from '../../../parts/badge.tsx';
import { Card } from '../../../parts/card.tsx';
import { useErrorWords } from '../../../parts/error-words.ts';
import { Empty, Skeleton } from '../../../parts/states.tsx';
import type { Tone } from '../../../parts/tone.ts';
import type { LogState } from './follow-log.ts';
import { LogBar } from './log-bar.tsx';
import { LogBox } from './log-box.tsx';
import { type LogLine, matchesIn } from './log-lines.ts';
import { useLog } from './use-log.ts';

/** What its container writes, as it writes it. */
export function LogView({ type }: { readonly type: string }) {
  const t = useTranslations('agents');
  const { lines, state } = useLog(type);
  /** What stood there when it was paused. */
  const [held, setHeld] = useState<readonly LogLine[]>();
  const [isFollowing, setFollowing] = useState(true);
  const [words, setWords] = useState('');
  /** The line whose match is looked at; it stays the same one whatever comes or is forgotten. */
  const [currentId, setCurrentId] = useState<number>();
  const shown = held ?? lines;
  const matches = matchesIn(shown, words.trim());
  const place = Math.max(
    0,
    matches.findIndex((line) => shown[line]?.id === currentId),
  );

  function search(text: string): void {
    setWords(text);
    setCurrentId(shown[matchesIn(shown, text.trim()).at(-1) ?? -1]?.id);
    if (text.trim() !== '') setFollowing(false);
  }

  return (
    <Card title={t('log')} aside={<StateMark state={state} count={shown.length} />} className="overflow-hidden">
      <LogBar
        words={words}
        onWords={search}
        matches={{ count: matches.length, at: place }}
        onJump={(step) => {
          setFollowing(false);
          setCurrentId(shown[matches.at((place + step) % matches.length) ?? -1]?.id);
        }}
        isPaused={held !== undefined}
        missed={(lines.at(-1)?.id ?? 0) - (shown.at(-1)?.id ?? 0)}
        onPause={() => setHeld(held === undefined ? lines : undefined)}
        isFollowing={isFollowing}
        onFollow={() => setFollowing(!isFollowing)}
      />
      {shown.length === 0 ? (
        <Nothing state={state} />
      ) : (
        <LogBox
          lines={shown}
          words={words.trim()}
          current={matches[place]}
          isFollowing={isFollowing}
          onFollow={setFollowing}
        />
      )}
    </Card>
  );
}

function Nothing({ state }: { readonly state: LogState }) {
  const t = useTranslations('agents');
  if (state.kind === 'connecting') return <Skeleton lines={6} />;
  return <Empty icon={ScrollText} title={t(state.kind === 'stopped' ? 'logNotRunning' : 'logEmpty')} />;
}

const tones: Record<LogState['kind'], Tone> = { connecting: 'sky', live: 'felt', stopped: 'plain', waiting: 'blood' };

function StateMark({ state, count }: { readonly state: LogState; readonly count: number }) {
  const t = useTranslations('agents');
  const words = useErrorWords();
  const text = {
    connecting: () => t('logConnecting'),
    live: () => t('logLive'),
    stopped: () => t('logNotRunning'),
    waiting: () => t('logWaiting', { why: state.kind === 'waiting' ? words(state.error) : '' }),
  }[state.kind]();
  return (
    <p className="flex flex-wrap items-center gap-2 text-xs text-ink-soft">
      <Dot tone={tones[state.kind]} isBusy={state.kind === 'connecting'} />
      <span>{text}</span>
      <span>{t('logLines', { count })}</span>
    </p>
  );
}
