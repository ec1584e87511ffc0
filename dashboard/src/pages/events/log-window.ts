import type { BoardroomEvent } from '../../../../src/contracts/event.ts';

/** The part of the log that is in this page: without a gap, newest first. */
export interface LogWindow {
  readonly isOpen: boolean;
  readonly events: readonly BoardroomEvent[];
  /** Where it goes on with what is older; undefined: it has come to the beginning. */
  readonly older: number | undefined;
  /** Where it goes on with what is newer; undefined: it reaches to now. */
  readonly newer: number | undefined;
  /** Heard of and not shown yet, newest first. */
  readonly fresh: readonly BoardroomEvent[];
  readonly freshCount: number;
  /** Rows put in above less rows taken away there, since it was opened: by so much the rest has moved down. */
  readonly shift: number;
  /** Pages in a row that brought nothing: the search goes through what nobody asked for. */
  readonly barren: number;
}

export interface LogPage {
  readonly events: readonly BoardroomEvent[];
  readonly scannedTo?: number | undefined;
}

export const pageSize = 200;
/** Rows kept in memory; beyond, the other end is let go of and read again when somebody scrolls there. */
const keptMax = 200_000;
const freshMax = 500;

export const closedWindow: LogWindow = {
  isOpen: false,
  events: [],
  older: undefined,
  newer: undefined,
  fresh: [],
  freshCount: 0,
  shift: 0,
  barren: 0,
};

/** Where to go on after a page. */
export const cursorAfter = ({ events, scannedTo }: LogPage): number | undefined =>
  scannedTo ?? (events.length === pageSize ? events.at(-1)?.seq : undefined);

/** With the first page, newest first. `isNow`: it ends with what has just happened, else somewhere in the past. */
export function opened(window: LogWindow, page: LogPage, isNow: boolean): LogWindow {
  const older = cursorAfter(page);
  const events = [...page.events];
  const top = events[0]?.seq ?? 0;
  const barren = events.length === 0 ? 1 : 0;
  const next = { ...closedWindow, isOpen: true, events, older, barren, newer: isNow ? undefined : top };
  return heard(next, window.fresh.toReversed(), isNow);
}

/** With a page of what is older, newest first. */
export function withOlder(window: LogWindow, page: LogPage): LogWindow {
  const all = [...window.events, ...page.events];
  const dropped = Math.max(0, all.length - keptMax);
  const events = dropped > 0 ? all.slice(dropped) : all;
  return {
    ...window,
    events,
    older: cursorAfter(page),
    newer: dropped > 0 ? events[0]?.seq : window.newer,
    shift: window.shift - dropped,
    barren: page.events.length === 0 ? window.barren + 1 : 0,
  };
}

/** With a page of what is newer, oldest first. When it was the last one, what was heard meanwhile follows on it. */
export function withNewer(window: LogWindow, page: LogPage): LogWindow {
  const all = [...page.events.toReversed(), ...window.events];
  const events = all.slice(0, keptMax);
  const next: LogWindow = {
    ...window,
    events,
    newer: cursorAfter(page),
    older: events.length < all.length ? events.at(-1)?.seq : window.older,
    shift: window.shift + page.events.length,
  };
  if (next.newer !== undefined) return next;
  // More was heard than kept: whether all of it was in that page, only another one can tell.
  if (window.freshCount > window.fresh.length) return { ...next, newer: events[0]?.seq ?? 0, freshCount: 0, fresh: [] };
  return heard({ ...next, fresh: [], freshCount: 0 }, window.fresh.toReversed(), false);
}

/** With what has just happened, oldest first: on top at once when the reader is there, else it waits. */
export function heard(window: LogWindow, batch: readonly BoardroomEvent[], isAtTop: boolean): LogWindow {
  const known = window.fresh[0]?.seq ?? window.events[0]?.seq ?? 0;
  const news = batch.filter(({ seq }) => seq > known).reverse();
  if (news.length === 0) return window;
  if (window.isOpen && window.newer === undefined && isAtTop && window.fresh.length === 0)
    return { ...window, events: [...news, ...window.events].slice(0, keptMax) };
  const fresh = [...news, ...window.fresh].slice(0, freshMax);
  const freshCount = window.freshCount + news.length;
  // More than is kept: from here on the log itself has to be asked again.
  const isCut = freshCount > fresh.length && window.isOpen && window.newer === undefined;
  return { ...window, fresh, freshCount, newer: isCut ? (window.events[0]?.seq ?? 0) : window.newer };
}

/** What waited is put on top. */
export const withFresh = (window: LogWindow): LogWindow => ({
  ...window,
  events: [...window.fresh, ...window.events].slice(0, keptMax),
  fresh: [],
  freshCount: 0,
});
