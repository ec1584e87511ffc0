import WebSocket from 'ws';
import type { z } from 'zod';
import type { BoardroomEvent } from '../../contracts/event.ts';
import { frameSchema, type subscribeSchema } from '../../contracts/frame.ts';
import type { Clock } from '../clock.ts';
import type { Session } from '../session.ts';

interface Wish {
  /** The first word. */
  readonly hello: z.input<typeof subscribeSchema>;
  readonly onOpen: () => void;
  readonly onEvent: (event: BoardroomEvent) => void;
}

interface End {
  readonly because: string;
  /** The WebSocket's close code. */
  readonly code: number;
  /** Of the answer that was given in place of a connection. */
  readonly status: number | undefined;
}

const pingMs = 15_000;

/** One connection to the orchestrator's socket, until it ends or the session's signal aborts. Never rejects. */
export function connectOnce({ url, key, clock, signal }: Session, { hello, onOpen, onEvent }: Wish): Promise<End> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, {
    headers: { Authorization: `Bearer ${key}` },
    handshakeTimeout: pingMs,
    perMessageDeflate: false,
  });
  socket.on('open', () => {
    socket.send(JSON.stringify(hello));
    onOpen();
  });
  socket.on('message', (data) => {
    const parsed = frameSchema.safeParse(parseJson(String(data)));
    // A frame that this version does not know is one that nobody here has asked for.
    if (parsed.success && parsed.data.type === 'event') onEvent(parsed.data.payload);
  });
  watch(socket, clock);
  const leave = () => socket.terminate();
  signal.addEventListener('abort', leave, { once: true });
  return endOf(socket).finally(() => signal.removeEventListener('abort', leave));
}

function endOf(socket: WebSocket): Promise<End> {
  return new Promise((resolve) => {
    let status: number | undefined;
    let failure: string | undefined;
    socket.on('unexpected-response', (_request, response) => {
      status = response.statusCode;
      failure = `it answers ${status}`;
      response.resume();
      socket.terminate();
    });
    socket.on('error', (error) => {
      failure ??= error.message || 'the connection failed';
    });
    socket.on('close', (code, reason) => {
      resolve({ because: failure ?? (String(reason) || `the connection ended (${code})`), code, status });
    });
  });
}

/** A peer that is gone without a word would never end the connection. */
function watch(socket: WebSocket, clock: Clock): void {
  const over = new AbortController();
  let isHeard = true;
  for (const sign of ['message', 'ping', 'pong'] as const) {
    socket.on(sign, () => {
      isHeard = true;
    });
  }
  socket.on('close', () => over.abort());
  socket.on('open', () => void beat());

  async function beat(): Promise<void> {
    for (;;) {
      await clock.sleep(pingMs, over.signal);
      if (over.signal.aborted) return;
      if (!isHeard) return socket.terminate();
      isHeard = false;
      socket.ping();
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema check that follows drops it.
    return undefined;
  }
}
