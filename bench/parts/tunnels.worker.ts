import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import { serve } from './worker.ts';

interface Tunnels {
  readonly proxyPort: number;
  readonly token: string;
  readonly authority: string;
  readonly certificate: string;
  readonly count: number;
  readonly atOnce: number;
}

/** A whole visit each: CONNECT, TLS, one page, the end. Tunnels per second. */
async function visit(tunnels: Tunnels): Promise<number> {
  let left = tunnels.count;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: tunnels.atOnce }, async () => {
      while (left > 0) {
        left -= 1;
        await one(tunnels);
      }
    }),
  );
  return (tunnels.count * 1_000) / (performance.now() - began);
}

async function one({ proxyPort, token, authority, certificate }: Tunnels): Promise<void> {
  const credentials = Buffer.from(`cco:${token}`).toString('base64');
  const asked = request({
    host: '127.0.0.1',
    port: proxyPort,
    method: 'CONNECT',
    path: authority,
    headers: { 'Proxy-Authorization': `Basic ${credentials}` },
  });
  asked.end();
  const [response, socket] = await new Promise<[IncomingMessage, Socket]>((resolve, reject) => {
    asked.on('connect', (...connected) => resolve([connected[0], connected[1] as Socket]));
    asked.on('error', reject);
  });
  if (response.statusCode !== 200) throw new Error(`the proxy answered ${response.statusCode}`);
  const servername = authority.replace(/:\d+$/, '');
  const tls = connect({ socket, servername, ca: certificate });
  await once(tls, 'secureConnect');
  tls.write(`GET / HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\n\r\n`);
  tls.resume();
  await once(tls, 'close');
}

serve({ visit });
