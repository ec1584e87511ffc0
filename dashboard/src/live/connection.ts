import type { BoardroomEvent } from '../../../src/contracts/event.ts';
import { type Frame, frameSchema } from '../../../src/contracts/frame.ts';

/** `lost` since a moment (milliseconds since 1970): what the page shows is of then. */
export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly since: number };

export type WorkerLog = Extract<Frame, { type: 'worker_log' }>['payload'];

interface Deps {
  readonly url: string;
  /** Each event of the log once, in its order, whatever becomes of the connection. */
  readonly onEvent: (event: BoardroomEvent) => void;
  readonly onWorkerLog: (log: WorkerLog) => void;
  readonly onState: (state: ConnectionState) => void;
  /** The socket was refused or broke before it was open: whether we are still signed in is a question for the API. */
  readonly onRefused: () => void;
}

export interface Connection {
  close(): void;
}

const retryMsMin = 500;
const retryMsMax = 10_000;

/** The dashboard's socket: it comes back by itself, and goes on behind the last event it has seen. */
export function createConnection({ url, onEvent, onWorkerLog, onState, onRefused }: Deps): Connection {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let seen: number | undefined;
  let failures = 0;
  let lostSince: number | undefined;
  let isClosed = false;

  function open(): void {
    clearTimeout(timer);
    let isWelcome = false;
    const current = new WebSocket(url);
    socket = current;
    current.addEventListener('message', ({ data }) => {
      if (socket !== current) return;
      const frame = frameSchema.safeParse(JSON.parse(String(data)));
      if (!frame.success) return;
      if (frame.data.type === 'hello') {
        isWelcome = true;
        failures = 0;
        lostSince = undefined;
        seen ??= frame.data.payload.seq;
        current.send(JSON.stringify({ type: 'subscribe', topics: ['event', 'worker_log'], since: seen }));
        onState({ kind: 'live' });
      } else receive(frame.data);
    });
    current.addEventListener('close', () => {
      if (socket !== current || isClosed) return;
      lostSince ??= Date.now();
      onState({ kind: 'lost', since: lostSince });
      if (!isWelcome) onRefused();
      failures += 1;
      timer = setTimeout(open, Math.min(retryMsMax, retryMsMin * 2 ** (failures - 1)) * (0.5 + Math.random()));
    });
  }

  function receive(frame: Frame): void {
    if (frame.type === 'worker_log') onWorkerLog(frame.payload);
    if (frame.type !== 'event' || frame.payload.seq <= (seen ?? -1)) return;
    seen = frame.payload.seq;
    onEvent(frame.payload);
  }

  /** The machine woke up or found its network: no need to wait any longer. */
  function hurry(): void {
    if (socket?.readyState !== WebSocket.CLOSED || isClosed) return;
    failures = 0;
    open();
  }

  onState({ kind: 'connecting' });
  open();
  addEventListener('online', hurry);
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
      removeEventListener('online', hurry);
      socket?.close();
    },
  };
}
