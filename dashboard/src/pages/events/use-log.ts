import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { CallError } from '../../../../src/contracts/client.ts';
import type { BoardroomEvent } from '../../../../src/contracts/event.ts';
import { client } from '../../api/client.ts';
import { useEachEvent } from '../../live/live.tsx';
import { matches, queryOf } from './filter.ts';
import {
  closedWindow,
  heard,
  type LogPage,
  type LogWindow,
  opened,
  pageSize,
  withFresh,
  withNewer,
  withOlder,
} from './log-window.ts';
import type { EventsSearch } from './search.ts';

export interface EventLog {
  readonly window: LogWindow;
  readonly error: unknown;
  readonly isLoading: boolean;
  loadOlder(): void;
  loadNewer(): void;
  showFresh(): void;
  /** Begins anew. */
  reopen(): void;
  setAtTop(isAtTop: boolean): void;
}

const gatherMs = 250;

/** The log as the address asks for it: read page by page in both directions, and joined without a gap to what happens now. */
export function useLog(search: EventsSearch): EventLog {
  const [window, setWindow] = useState<LogWindow>(closedWindow);
  const [error, setError] = useState<unknown>();
  const [isLoading, setLoading] = useState(false);
  const reading = useRef<AbortController>(undefined);
  const isAtTop = useRef(true);

  async function read(place: { before?: number; after?: number }, take: (page: LogPage) => void): Promise<void> {
    if (reading.current !== undefined) return;
    const current = new AbortController();
    reading.current = current;
    setLoading(true);
    setError(undefined);
    try {
      const isFirst = place.before === undefined && place.after === undefined;
      const to = isFirst ? earlier(search.at, search.to) : search.to;
      const query = { ...queryOf(search), ...place, to, limit: pageSize };
      take(await patiently(() => client.call('listEvents', { query, signal: current.signal }), current.signal));
    } catch (cause) {
      if (!current.signal.aborted) setError(cause);
    } finally {
      if (reading.current === current) {
        reading.current = undefined;
        setLoading(false);
      }
    }
  }

  const open = useEffectEvent(() => {
    isAtTop.current = true;
    setWindow(closedWindow);
    void read({}, (page) => setWindow((was) => opened(was, page, search.at === undefined)));
  });
  function stop(): void {
    reading.current?.abort();
    reading.current = undefined;
  }

  const { types, agent, text, from, to, at } = search;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question is another log
  useEffect(() => {
    open();
    return stop;
  }, [types, agent, text, from, to, at]);

  useGathered((batch) => {
    const asked = batch.filter((event) => matches(event, search));
    if (asked.length > 0) setWindow((was) => heard(was, asked, isAtTop.current));
  });

  return {
    window,
    error,
    isLoading,
    loadOlder() {
      const before = window.older;
      if (before !== undefined) void read({ before }, (page) => setWindow((was) => withOlder(was, page)));
    },
    loadNewer() {
      const after = window.newer;
      if (after !== undefined) void read({ after }, (page) => setWindow((was) => withNewer(was, page)));
    },
    showFresh: () => setWindow(withFresh),
    reopen() {
      stop();
      open();
    },
    setAtTop(is) {
      isAtTop.current = is;
    },
  };
}

/** Of moments in UTC, spelt alike. */
const earlier = (one: string | undefined, other: string | undefined) =>
  one !== undefined && other !== undefined ? [one, other].sort()[0] : (one ?? other);

/** Calls with what has happened, gathered: a storm costs a few drawings a second. */
function useGathered(take: (batch: readonly BoardroomEvent[]) => void): void {
  const waiting = useRef<BoardroomEvent[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const flush = useEffectEvent(() => {
    timer.current = undefined;
    const batch = waiting.current;
    waiting.current = [];
    take(batch);
  });
  useEachEvent((event) => {
    waiting.current.push(event);
    timer.current ??= setTimeout(flush, gatherMs);
  });
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
}

/** A key may call so often within a minute; whoever reads on for long waits for the next one. */
export async function patiently<T>(call: () => Promise<T>, signal: AbortSignal, onWait?: () => void): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof CallError) || error.code !== 'rate_limited') throw error;
      onWait?.();
      await pause((error.retryAfterSeconds ?? 5) * 1_000, signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
