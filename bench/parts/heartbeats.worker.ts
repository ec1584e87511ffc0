import { once } from 'node:events';
import { WebSocket } from 'ws';
import { gatewayPaths } from '../../src/contracts/gateway.ts';
import { serve } from './worker.ts';

/** Agents that do nothing but live: hello, then a heartbeat as often as the welcome says, each on a socket of its own. */
const sockets: WebSocket[] = [];

async function live(port: number, token: string): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${gatewayPaths.socket}`, {
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  });
  sockets.push(socket);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello', version: 'bench', loopId: null }));
  const [data] = (await once(socket, 'message')) as [Buffer];
  const { heartbeatMs } = JSON.parse(String(data)) as { heartbeatMs: number };
  // Not in step: a team does not breathe together.
  setTimeout(() => {
    setInterval(() => socket.send('{"type":"heartbeat"}'), heartbeatMs);
  }, Math.random() * heartbeatMs);
}

serve({
  async connect({ port, tokens }: { port: number; tokens: string[] }) {
    for (let at = 0; at < tokens.length; at += 20)
      await Promise.all(tokens.slice(at, at + 20).map((token) => live(port, token)));
  },
  alive: () => sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length,
});
