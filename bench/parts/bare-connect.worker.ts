import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { serve } from './worker.ts';

/** CONNECT on node:http, to one place whatever is asked for. */
async function listen({ host, port }: { host: string; port: number }): Promise<number> {
  const server = createServer();
  server.on('connect', (_request, client) => {
    const upstream = connect({ host, port, noDelay: true }, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

serve({ listen });
