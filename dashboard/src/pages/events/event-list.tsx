import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp, ScrollText } from 'lucide-react';
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useLayoutEffect, useRef } from 'react';
import { useTranslations } from 'use-intl';
import type { BoardroomEvent } from '../../../../src/contracts/event.ts';
import { Button } from '../../parts/button.tsx';
import { useMedia } from '../../parts/media.ts';
import { Empty, Failure, Skeleton } from '../../parts/states.tsx';
import { EventRow, rowHeight } from './event-row.tsx';
import { ListFoot } from './list-foot.tsx';
import type { EventLog } from './use-log.ts';

interface EventListProps {
  readonly log: EventLog;
  readonly chosen: BoardroomEvent | undefined;
  readonly onChoose: (event: BoardroomEvent, how: 'look' | 'open') => void;
}

/** Rows from which on the next page is read, and pages that may bring nothing before somebody has to ask for more. */
const readAheadRows = 100;
const barrenMax = 20;
const pageRows = 10;

/** The log as one long list, of which only what is in sight is drawn. The arrow keys go through it. */
export function EventList({ log, chosen, onChoose }: EventListProps) {
  const t = useTranslations('events');
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const { events, older, newer, isOpen, freshCount, barren, shift } = log.window;
  const height = rowHeight[useMedia('(min-width: 40rem)') ? 'line' : 'block'];
  const rows = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => events[index]?.seq ?? index,
    overscan: 12,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: every row is of the new height
  useLayoutEffect(() => rows.measure(), [height]);
  useStill(scroller, shift * height, isOpen);

  const items = rows.getVirtualItems();
  const first = items.at(0)?.index ?? 0;
  const last = items.at(-1)?.index ?? -1;
  const readOn = useEffectEvent(() => {
    if (!isOpen || log.isLoading || log.error !== undefined) return;
    if (newer !== undefined && first < readAheadRows) log.loadNewer();
    else if (older !== undefined && last >= events.length - readAheadRows && barren < barrenMax) log.loadOlder();
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever one of these changes, there may be more to read
  useEffect(() => readOn(), [first, last, log.window, log.isLoading, log.error]);

  function toNow(): void {
    scroller.current?.scrollTo({ top: 0 });
    log.setAtTop(true);
    if (newer === undefined) log.showFresh();
    else log.reopen();
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: pageRows, PageUp: -pageRows }[event.key];
    const at = events.findIndex(({ seq }) => seq === chosen?.seq);
    const target = { Home: 0, End: events.length - 1 }[event.key] ?? (step === undefined ? undefined : at + step);
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (chosen) onChoose(chosen, 'open');
    }
    if (target === undefined) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(events.length - 1, target));
    const next = events[index];
    if (!next) return;
    onChoose(next, 'look');
    rows.scrollToIndex(index, { align: 'auto' });
  }

  if (!isOpen) {
    const content =
      log.error === undefined ? <Skeleton lines={12} /> : <Failure error={log.error} onRetry={log.reopen} />;
    return <div className={frame}>{content}</div>;
  }
  const isEmpty = events.length === 0 && older === undefined && newer === undefined;
  return (
    <div className={`${frame} relative`}>
      {freshCount > 0 && (
        <div className="pointer-events-none absolute inset-x-0 top-2 z-10 flex justify-center">
          <Button
            variant="primary"
            icon={ArrowUp}
            onClick={toNow}
            className="pointer-events-auto rounded-full shadow-lg"
          >
            {t('fresh', { count: freshCount })}
          </Button>
        </div>
      )}
      <div
        ref={scroller}
        onScroll={({ currentTarget }) => log.setAtTop(currentTarget.scrollTop < height / 2)}
        className="h-[calc(100dvh-20rem)] min-h-80 overflow-y-auto overscroll-contain rounded-card [overflow-anchor:none] lg:h-[calc(100dvh-12.5rem)]"
      >
        {isEmpty ? (
          <Empty icon={ScrollText} title={t('noneFound')}>
            {t('noneFoundLead')}
          </Empty>
        ) : (
          <>
            <div
              role="listbox"
              aria-label={t('listLabel')}
              tabIndex={0}
              aria-activedescendant={
                chosen && items.some(({ key }) => key === chosen.seq) ? `${id}-${chosen.seq}` : undefined
              }
              onKeyDown={onKeyDown}
              className="relative focus-visible:-outline-offset-2"
              style={{ height: rows.getTotalSize() }}
            >
              {items.map(({ key, index, start }) => {
                const event = events[index];
                return (
                  event && (
                    <EventRow
                      key={key}
                      id={`${id}-${event.seq}`}
                      event={event}
                      start={start}
                      position={index + 1}
                      isChosen={event.seq === chosen?.seq}
                      onChoose={onChoose}
                    />
                  )
                );
              })}
            </div>
            <ListFoot log={log} isTired={barren >= barrenMax} />
          </>
        )}
      </div>
    </div>
  );
}

const frame = 'min-w-0 rounded-card border bg-sheet';

/** What is put in or taken away above leaves what is read where it is. */
function useStill(scroller: React.RefObject<HTMLDivElement | null>, above: number, isOpen: boolean): void {
  const before = useRef(0);
  useLayoutEffect(() => {
    const moved = isOpen ? above - before.current : 0;
    before.current = isOpen ? above : 0;
    if (moved !== 0 && scroller.current) scroller.current.scrollTop += moved;
  }, [scroller, above, isOpen]);
}
