import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';

/** Makes a server of the loopback reachable at an address of a Docker network, and nowhere else. */
export async function forward(host: string, url: string): Promise<{ url: string; server: Server }> {
  const target = new URL(url);
  const [port, hostname] = [Number(target.port), target.hostname];
  const server = createServer((client) => {
    const upstream = connect(port, hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('error', () => to.destroy());
      from.pipe(to);
    }
  });
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  target.hostname = host;
  target.port = String(typeof address === 'object' ? address?.port : '');
  return { url: target.href, server };
}
