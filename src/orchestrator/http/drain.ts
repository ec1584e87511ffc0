import type { ServerResponse } from 'node:http';
import type { Clock } from '../platform/clock.ts';
import type { BoundedServer } from './bounded-server.ts';

/** Ends a server: no new connection, and each open one ends with the answer that is under way on it. */
export interface Drain {
  /** True when all was answered within this time; what is left after it is cut. */
  close(withinMs: number): Promise<boolean>;
}

export function createDrain({ server, unanswered }: BoundedServer, clock: Clock): Drain {
  let closing = false;

  // A busy client would keep its connection, and the server with it, open for ever.
  const endConnectionWith = (response: ServerResponse): void => {
    if (!response.headersSent) response.setHeader('Connection', 'close');
  };

  server.prependListener('request', (_request, response) => {
    if (closing) endConnectionWith(response);
  });

  return {
    async close(withinMs) {
      closing = true;
      const late = new AbortController();
      const closed = new Promise<boolean>((resolve) => server.close(() => resolve(true)));
      for (const response of unanswered.all()) endConnectionWith(response);
      server.closeIdleConnections();
      const inTime = await Promise.race([closed, clock.sleep(withinMs, late.signal).then(() => false)]);
      late.abort();
      server.closeAllConnections();
      return inTime;
    },
  };
}
