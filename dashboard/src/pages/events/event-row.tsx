import { memo } from 'react';
import type { BoardroomEvent } from '../../../../src/contracts/event.ts';
import { Dot } from '../../parts/badge.tsx';
import { toneOf, useSentence } from '../../parts/happening.tsx';
import { Moment } from '../../parts/time.tsx';

/** In pixels, as the classes below have it: on a line, or on a phone as a block of two. */
export const rowHeight = { line: 38, block: 66 };

interface EventRowProps {
  readonly id: string;
  readonly event: BoardroomEvent;
  readonly start: number;
  readonly position: number;
  readonly isChosen: boolean;
  readonly onChoose: (event: BoardroomEvent, how: 'look' | 'open') => void;
}

/** One event: when, what kind, and what happened. */
export const EventRow = memo(({ id, event, start, position, isChosen, onChoose }: EventRowProps) => {
  const sentence = useSentence()(event);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and hears the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus, and says which row is meant
    <div
      id={id}
      role="option"
      aria-selected={isChosen}
      aria-posinset={position}
      aria-setsize={-1}
      onClick={() => onChoose(event, 'open')}
      className={`absolute inset-x-0 top-0 flex h-[66px] cursor-pointer flex-wrap content-center items-center gap-x-2.5 border-b px-4 text-sm sm:h-[38px] sm:flex-nowrap ${isChosen ? 'bg-felt-tint' : 'hover:bg-sunken'}`}
      style={{ transform: `translateY(${start}px)` }}
    >
      <Dot tone={toneOf(event)} />
      <Moment at={event.createdAt} className="shrink-0 text-xs text-ink-soft sm:w-24" />
      <code className="min-w-0 grow truncate text-right font-mono text-xs text-ink-soft sm:w-44 sm:flex-none sm:text-left">
        {event.eventType}
      </code>
      <span className="w-full min-w-0 truncate sm:w-auto sm:flex-1">{sentence}</span>
    </div>
  );
});
