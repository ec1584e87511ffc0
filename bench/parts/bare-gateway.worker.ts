import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Agent } from 'undici';
import { serve } from './worker.ts';

/** Passes each request on to one place, and its answer back: the hop alone, and nobody asked who calls or what it may cost. */
async function listen({ origin }: { origin: string }): Promise<number> {
  const dispatcher = new Agent();
  const server = createServer(async (request, response) => {
    const { url: path = '/', method = 'GET' } = request;
    const headers = { 'content-type': 'application/json' };
    const answer = await dispatcher.request({ origin, path, method, headers, body: await buffer(request) });
    response.writeHead(answer.statusCode, { 'Content-Type': 'text/event-stream' });
    await pipeline(answer.body, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

serve({ listen });
