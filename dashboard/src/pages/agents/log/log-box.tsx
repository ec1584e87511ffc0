import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { hour } from '../../../parts/time.tsx';
import { cutAt, type LogLine } from './log-lines.ts';

interface LogBoxProps {
  readonly lines: readonly LogLine[];
  readonly words: string;
  /** The place of the match that is looked at. */
  readonly current: number | undefined;
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
}

const lineHeight = 22;
/** This close to its end counts as being there. */
const nearPixels = 40;

/** Only what is in sight is on the page, however long the log is. */
export function LogBox({ lines, words, current, isFollowing, onFollow }: LogBoxProps) {
  const t = useTranslations('agents');
  const frame = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const list = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => lineHeight,
    getItemKey: (place) => lines[place]?.id ?? place,
    overscan: 30,
  });
  const lastId = lines.at(-1)?.id;

  useEffect(() => {
    if (isFollowing && lastId !== undefined) list.scrollToIndex(list.options.count - 1, { align: 'end' });
  }, [isFollowing, lastId, list]);

  useEffect(() => {
    if (current !== undefined) list.scrollToIndex(current, { align: 'center' });
  }, [current, list]);

  /** Whoever scrolls up wants to read; whoever comes back to the end wants to follow. */
  function noteScroll(): void {
    const box = frame.current;
    if (!box) return;
    const isUp = box.scrollTop < lastTop.current - 2;
    lastTop.current = box.scrollTop;
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < nearPixels;
    if (isFollowing && isUp && !isAtEnd) onFollow(false);
    if (!isFollowing && isAtEnd && words === '') onFollow(true);
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a section would be one more landmark; this is a box that scrolls
    <div
      ref={frame}
      role="group"
      aria-label={t('log')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard
      tabIndex={0}
      onScroll={noteScroll}
      className="h-[min(34rem,65dvh)] overflow-y-auto bg-paper font-mono text-xs leading-[22px] -outline-offset-2"
    >
      <div className="relative w-full" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ key, index, start }) => {
          const line = lines[index];
          return (
            line && (
              <div
                key={key}
                ref={list.measureElement}
                data-index={index}
                className={`absolute top-0 left-0 flex w-full flex-wrap gap-x-3 px-4 sm:flex-nowrap ${index === current ? 'bg-felt-tint' : ''}`}
                style={{ transform: `translateY(${start}px)` }}
              >
                <Line line={line} words={words} />
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

const levelTones: Record<string, string> = { error: 'text-blood', fatal: 'text-blood', warn: 'text-ink font-bold' };

function Line({ line: { at, level, text }, words }: { readonly line: LogLine; readonly words: string }) {
  const format = useFormatter();
  const tone = levelTones[level ?? ''] ?? 'text-ink-soft';
  return (
    <>
      {at !== undefined && (
        <time dateTime={at} title={at} className="shrink-0 text-ink-soft">
          {format.dateTime(new Date(at), hour)}
        </time>
      )}
      {level !== undefined && <span className={`w-10 shrink-0 ${tone}`}>{level}</span>}
      <span className="min-w-0 basis-full break-words whitespace-pre-wrap sm:basis-0 sm:grow">
        {cutAt(text, words).map((piece, place) =>
          place % 2 === 0 ? (
            piece
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one line are told apart by their place alone
            <mark key={place} className="rounded-xs bg-felt text-felt-ink">
              {piece}
            </mark>
          ),
        )}
      </span>
    </>
  );
}
