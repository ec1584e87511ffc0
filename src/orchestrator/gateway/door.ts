import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '../../contracts/errors.ts';
import { problemOf } from '../http/problem.ts';
import { refuseConnection } from '../http/refuse-connection.ts';
import type { Clock } from '../platform/clock.ts';
import { createMeter, type Excess, type Rate } from './limits.ts';
import { isForModels, llmRefusal } from './llm-errors.ts';
import type { AgentSockets } from './socket.ts';

/** What one door lets in, before it is known who calls. */
export interface DoorBounds {
  readonly limits: { readonly connections: number; readonly requests: Rate };
  /** False for who has no business at this door; he is hung up on, and takes no place. */
  readonly isWelcome: (from: string | undefined) => boolean;
  readonly clock: Clock;
  readonly onExcess: (excess: Excess) => void;
}

interface DoorOptions extends DoorBounds {
  readonly app: RequestListener;
  /** What `app` takes: made once for all its doors. */
  readonly messages: Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'>;
  readonly sockets: Pick<AgentSockets, 'upgrade'>;
}

/** A peer that is slower than this with its headers or its body holds a place for nothing. */
const timeouts = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1_000 };
/** How long a refusal is held back: with the places bounded too, a flood gets so many answers a second and no more. */
const holdMs = 1_000;

/** A server that bounds what comes in before it is known who calls: nothing here touches the database. */
export function createDoor({ app, messages, sockets, ...bounds }: DoorOptions): Server {
  const { limits, clock, onExcess } = bounds;
  const server = boundConnections(createServer({ ...timeouts, ...messages }), bounds);
  const meter = createMeter(limits.requests, clock.monotonic);

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
    void hold(response).then(() => refuse(request, response));
  });
  server.on('upgrade', (request, socket, head) => {
    if (!isTooMuch()) return sockets.upgrade(request, socket, head);
    // Whoever does not wait for the answer is gone: nothing is lost.
    socket.on('error', () => socket.destroy());
    void hold(socket).then(() => refuseConnection(socket, tooMany));
  });
  return server;
}

/** Counted by ourselves: the server's own maximum counts those as well that are on their way out again. */
export function boundConnections(server: Server, { limits, isWelcome, onExcess }: DoorBounds): Server {
  let held = 0;
  return server.prependListener('connection', (socket: Socket) => {
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
}

/** Throws when more is asked than a door answers: each request costs a look into the database. */
export function createToll({ limits, clock, onExcess }: DoorBounds): () => void {
  const meter = createMeter(limits.requests, clock.monotonic);
  return () => {
    if (meter() === 0) return;
    onExcess('requests');
    throw tooMany;
  };
}

const tooMany = new AppError('rate_limited', 'Too many requests from this address; wait before the next', {
  retryAfterSeconds: 2,
});

function refuse(request: IncomingMessage, response: ServerResponse): void {
  if (isForModels(request)) {
    const { status, headers, body } = llmRefusal(request, tooMany);
    return void response.writeHead(status, { ...headers, Connection: 'close' }).end(body);
  }
  response.writeHead(429, {
    'Content-Type': 'application/problem+json',
    'Retry-After': String(tooMany.retryAfterSeconds),
    Connection: 'close',
  });
  response.end(JSON.stringify(problemOf(tooMany)));
}
