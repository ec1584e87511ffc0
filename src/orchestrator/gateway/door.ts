import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '../../contracts/errors.ts';
import { problemOf } from '../http/problem.ts';
import { refuseConnection } from '../http/refuse-connection.ts';
import type { Clock } from '../platform/clock.ts';
import { createMeter, type Excess, type Rate } from './limits.ts';
import type { AgentSockets } from './socket.ts';

export interface DoorOptions {
  readonly app: RequestListener;
  readonly sockets: Pick<AgentSockets, 'upgrade'>;
  readonly limits: { readonly connections: number; readonly requests: Rate };
  /** False for who has no business at this door; he is hung up on, and takes no place. */
  readonly isWelcome: (from: string | undefined) => boolean;
  readonly clock: Clock;
  readonly onExcess: (excess: Excess) => void;
}

/** A peer that is slower than this with its headers or its body holds a place for nothing. */
const timeouts = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1_000 };
/** How long a refusal is held back: with the places bounded too, a flood gets so many answers a second and no more. */
const holdMs = 1_000;

/** A server that bounds what comes in before it is known who calls: nothing here touches the database. */
export function createDoor({ app, sockets, limits, isWelcome, clock, onExcess }: DoorOptions): Server {
  const server = createServer(timeouts);
  const meter = createMeter(limits.requests, clock.monotonic);
  let held = 0;

  // Counted by ourselves: the server's own maximum counts those as well that are on their way out again.
  server.prependListener('connection', (socket: Socket) => {
    if (!isWelcome(socket.remoteAddress)) return void socket.destroy();
    if (held >= limits.connections) {
      socket.destroy();
      return onExcess('connections');
    }
    held += 1;
    socket.once('close', () => {
      held -= 1;
    });
  });

  function isTooMuch(): boolean {
    if (meter() === 0) return false;
    onExcess('requests');
    return true;
  }

  const hold = (gone: { once(event: 'close', listener: () => void): unknown }) => {
    const left = new AbortController();
    gone.once('close', () => left.abort());
    return clock.sleep(holdMs, left.signal);
  };

  server.on('request', (request, response) => {
    if (!isTooMuch()) return app(request, response);
    void hold(response).then(() => refuse(response));
  });
  server.on('upgrade', (request, socket, head) => {
    if (!isTooMuch()) return sockets.upgrade(request, socket, head);
    // Whoever does not wait for the answer is gone: nothing is lost.
    socket.on('error', () => socket.destroy());
    void hold(socket).then(() => refuseConnection(socket, tooMany));
  });
  return server;
}

const tooMany = new AppError('rate_limited', 'Too many requests from this address; wait before the next', {
  retryAfterSeconds: 2,
});

function refuse(response: ServerResponse): void {
  response.writeHead(429, {
    'Content-Type': 'application/problem+json',
    'Retry-After': String(tooMany.retryAfterSeconds),
    Connection: 'close',
  });
  response.end(JSON.stringify(problemOf(tooMany)));
}
