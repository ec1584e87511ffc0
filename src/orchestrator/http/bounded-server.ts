import { createServer, type Server } from 'node:http';
import type { Express } from 'express';
import { AppError } from '../../contracts/errors.ts';
import { expressMessages } from './express-messages.ts';
import { refuseConnection } from './refuse-connection.ts';
import { type Unanswered, watchUnanswered } from './unanswered.ts';

interface Bounds {
  readonly connections: number;
  /** Until a request must have arrived; twice as long may pass while a client takes nothing of its answer. */
  readonly requestMs: number;
}

const headersMsMax = 10_000;
const checkMsMax = 1_000;

export interface BoundedServer {
  readonly server: Server;
  readonly unanswered: Unanswered;
}

/** An HTTP server that no client can hold up by being slow, silent or many. */
export function createBoundedServer(app: Express, { connections, requestMs }: Bounds): BoundedServer {
  const server = createServer({
    ...expressMessages(app),
    requestTimeout: requestMs,
    headersTimeout: Math.min(headersMsMax, requestMs),
    // A request without a host is refused like one with a foreign host: as a problem.
    requireHostHeader: false,
    // Node looks for late requests this seldom: by default every half minute.
    connectionsCheckingInterval: Math.min(checkMsMax, requestMs),
  });
  // Beyond this a connection is closed unheard, so that the database and the engine still find file descriptors.
  server.maxConnections = connections;
  const unanswered = watchUnanswered(server);
  server.on('request', app);
  // `Expect: a miracle` is passed over, as most servers do; Node's own answer to it would be no problem+json.
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response));

  server.on('clientError', (error, socket) => {
    // Words in the middle of an answer would be taken for a part of it.
    const isHalfSaid = unanswered.on(socket).some(({ headersSent }) => headersSent);
    if (isHalfSaid || !socket.writable) socket.destroy();
    else refuseConnection(socket, unreadable(error));
  });

  server.setTimeout(requestMs * 2, (socket) => {
    // Nothing moves because we are at work, or have nothing to tell a follower: no fault of the client.
    const waitsForUs = unanswered.on(socket).length > 0 && socket.writableLength === 0;
    if (!waitsForUs) socket.destroy();
  });
  return { server, unanswered };
}

/** What Node's parser could not make a request of. */
function unreadable(error: NodeJS.ErrnoException): AppError {
  switch (error.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError('request_timeout', 'The request did not arrive in time');
    case 'HPE_HEADER_OVERFLOW':
      return new AppError('headers_too_large', 'The path and the headers may have 16 kB together');
    default:
      return new AppError('invalid_request', 'This is no HTTP request that could be read');
  }
}
