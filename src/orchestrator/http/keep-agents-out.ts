import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Ends connections from the agents' networks before a byte is read. In a container the API listens on all interfaces, and
 * those of the agents' networks, which the orchestrator joins, are among them; so they are on a host that is told to listen
 * on all of its own. Without this, each agent could knock at the operators' door for as long as it likes.
 */
export function keepAgentsOut(server: Server, isAgent: (address: string) => boolean): void {
  server.prependListener('connection', (socket: Socket) => {
    if (isAgent(socket.remoteAddress ?? '')) socket.destroy();
  });
}
