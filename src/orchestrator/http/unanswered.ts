import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The answers of a server that are under way, on which connection each. */
export interface Unanswered {
  readonly all: () => readonly ServerResponse[];
  readonly on: (socket: Duplex) => readonly ServerResponse[];
}

/**
 * One book for all who ask, because each listens to every answer: a stream that is piped into it adds seven listeners of
 * its own, and Node takes more than ten for a leak.
 */
export function watchUnanswered(server: Server): Unanswered {
  const answers = new Map<Duplex, Set<ServerResponse>>();
  server.on('connection', (socket) => {
    answers.set(socket, new Set());
    socket.on('close', () => answers.delete(socket));
  });
  server.on('request', (request, response) => {
    const here = answers.get(request.socket);
    here?.add(response);
    response.on('close', () => here?.delete(response));
  });
  return {
    all: () => [...answers.values()].flatMap((here) => [...here]),
    on: (socket) => [...(answers.get(socket) ?? [])],
  };
}
