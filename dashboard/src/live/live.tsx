import { useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useEffectEvent,
  useState,
  useSyncExternalStore,
} from 'react';
import type { BoardroomEvent } from '../../../src/contracts/event.ts';
import { createRefresher } from '../api/freshness.ts';
import { routeQuery } from '../api/queries.ts';
import { type ConnectionState, createConnection, type WorkerLog } from './connection.ts';
import { createListeners, createTape, type Listeners, type Tape } from './tape.ts';

interface Live {
  readonly state: ConnectionState;
  /** The last events, newest first. */
  readonly events: Tape<BoardroomEvent>;
  readonly onEvent: Listeners<BoardroomEvent>;
  readonly onWorkerLog: Listeners<WorkerLog>;
}

const LiveContext = createContext<Live | undefined>(undefined);

const eventsKept = 200;

/** What happens, as it happens: one socket for the whole page. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const queries = useQueryClient();
  const [state, setState] = useState<ConnectionState>({ kind: 'connecting' });
  const [parts] = useState(() => ({
    events: createTape<BoardroomEvent>(eventsKept),
    onEvent: createListeners<BoardroomEvent>(),
    onWorkerLog: createListeners<WorkerLog>(),
  }));

  useEffect(() => {
    const refresher = createRefresher(queries);
    const connection = createConnection({
      url: `${location.origin.replace(/^http/, 'ws')}/ws`,
      onState: setState,
      onRefused: () =>
        void queries.fetchQuery({ ...routeQuery('getSession'), staleTime: 0, retry: false }).catch(() => undefined),
      onWorkerLog: parts.onWorkerLog.tell,
      onEvent: (event) => {
        parts.events.add(event);
        parts.onEvent.tell(event);
        refresher.note(event.eventType);
      },
    });
    return () => {
      connection.close();
      refresher.stop();
    };
  }, [queries, parts]);

  return <LiveContext value={{ state, ...parts }}>{children}</LiveContext>;
}

function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error('Nothing is live outside of LiveProvider');
  return live;
}

export const useConnectionState = (): ConnectionState => useLive().state;

/** The events since this page was opened, newest first, at most 200. */
export function useRecentEvents(): readonly BoardroomEvent[] {
  const { events } = useLive();
  return useSyncExternalStore(events.subscribe, events.current);
}

/** Calls with each event as it comes, once, in the log's order. */
export function useEachEvent(take: (event: BoardroomEvent) => void): void {
  const { onEvent } = useLive();
  const latest = useEffectEvent(take);
  useEffect(() => onEvent.add((event) => latest(event)), [onEvent]);
}

/** Calls with what agents do at this moment: tools and lines. It is in no log, and not repeated after a lost connection. */
export function useEachWorkerLog(take: (log: WorkerLog) => void): void {
  const { onWorkerLog } = useLive();
  const latest = useEffectEvent(take);
  useEffect(() => onWorkerLog.add((log) => latest(log)), [onWorkerLog]);
}
