import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A program of somebody else's that takes webhooks: real HTTP on loopback, and answers as the test says. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Status and headers for the next requests; `hang` never answers. */
  answer(status: number | 'hang', headers?: Record<string, string>): void;
  /** Takes its time from now on. */
  answerAfter(ms: number): void;
  /** Refuses connections until it is started again, at the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let next: { status: number | 'hang'; headers: Record<string, string> } = { status: 204, headers: {} };
  let server: Server | undefined;
  let port = 0;
  let delayMs = 0;

  async function start(): Promise<void> {
    if (server?.listening === true) return;
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method = '', url: path = '', headers } = request;
      received.push({ method, path, headers, text: Buffer.concat(chunks).toString() });
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (next.status !== 'hang') response.writeHead(next.status, next.headers).end();
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }

  await start();
  return {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    received,
    answer(status, headers = {}) {
      next = { status, headers };
    },
    answerAfter(ms) {
      delayMs = ms;
    },
    start,
    async stop() {
      if (!server?.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
