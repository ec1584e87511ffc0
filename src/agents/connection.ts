import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { AgentFrame, GatewayFrame } from '../contracts/gateway.ts';
import type { Clock } from './clock.ts';
import { parseGatewayFrame } from './frames.ts';
import { createHeartbeat } from './heartbeat.ts';
import { type Log, messageOf } from './log.ts';

/** How a connection ended. */
export interface ConnectionEnd {
  /** The close code; 1006 when there was none. */
  readonly code: number;
  readonly because: string;
  /** The HTTP status of a refused upgrade. */
  readonly status: number | undefined;
  /** True when the gateway had taken us in: such a connection does not count as a failed attempt. */
  readonly welcomed: boolean;
}

export interface Connection {
  readonly ended: Promise<ConnectionEnd>;
  /** False when the frame did not go out: not welcomed yet, closed, or too much unsent. */
  send(frame: AgentFrame): boolean;
  /** Says goodbye; resolves when the socket is gone, within half a second. */
  close(because: string): Promise<void>;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly hello: () => AgentFrame;
  readonly onFrame: (frame: GatewayFrame) => void;
}

/** Until the welcome names the rhythm. */
const heartbeatMsBeforeWelcome = 10_000;
const handshakeMsMax = 10_000;
const goodbyeMsMax = 500;
const frameBytesMax = 4 * 2 ** 20;
const unsentBytesMax = 2 ** 20;

/** One life of the socket: hello first, then heartbeats; a peer that stays silent for three of them is gone. */
export function openConnection({ url, token, clock, log, hello, onFrame }: ConnectionOptions): Connection {
  const closed = new AbortController();
  const seen: { error?: string; status?: number } = {};
  let welcomed = false;

  const socket = new WebSocket(url, {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: handshakeMsMax,
    maxPayload: frameBytesMax,
    perMessageDeflate: false,
  });
  const transmit = (frame: AgentFrame) => socket.send(JSON.stringify(frame));

  const heartbeat = createHeartbeat({
    clock,
    beat: () => {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (welcomed) transmit({ type: 'heartbeat' });
      socket.ping();
    },
    lost: (because) => {
      seen.error = because;
      socket.terminate();
    },
  });

  socket.on('open', () => {
    transmit(hello());
    heartbeat.start(heartbeatMsBeforeWelcome);
  });
  socket.on('message', (data) => {
    heartbeat.heard();
    const frame = parseGatewayFrame(data.toString());
    if (frame?.type === 'welcome') {
      welcomed = true;
      heartbeat.start(frame.heartbeatMs);
    }
    if (frame) onFrame(frame);
    else log('warn', 'ignored a frame that is not in the contract');
  });
  socket.on('pong', () => {
    // A gateway that answers pings but never welcomes us is as good as gone.
    if (welcomed) heartbeat.heard();
  });
  recordFailures(socket, seen);

  const ended = new Promise<ConnectionEnd>((resolve) => {
    socket.on('close', (code, reason) => {
      heartbeat.stop();
      closed.abort();
      const because = reason.toString() || seen.error || `closed with ${code}`;
      resolve({ code, because, status: seen.status, welcomed });
    });
  });

  return {
    ended,
    send(frame) {
      if (!welcomed || socket.readyState !== WebSocket.OPEN || socket.bufferedAmount > unsentBytesMax) return false;
      transmit(frame);
      return true;
    },
    async close(because) {
      if (socket.readyState === WebSocket.OPEN) socket.close(1000, because);
      else socket.terminate();
      await clock.sleep(goodbyeMsMax, closed.signal);
      socket.terminate();
    },
  };
}

/** An error is always followed by `close`, which is where the connection ends. */
function recordFailures(socket: WebSocket, seen: { error?: string; status?: number }): void {
  socket.on('error', (error) => {
    seen.error ??= messageOf(error);
  });
  socket.on('unexpected-response', (_request, response: IncomingMessage) => {
    seen.status = response.statusCode ?? 0;
    seen.error = `the gateway answered the upgrade with ${seen.status}`;
    socket.terminate();
  });
}
