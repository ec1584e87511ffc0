import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { serve } from './worker.ts';

interface Load {
  readonly port: number;
  readonly path: string | readonly string[];
  readonly key: string;
  readonly connections: number;
  readonly requests: number;
}

/** Sends the same requests again and again over kept connections, one at a time on each; as little of a client as can be. */
async function load({ port, path, key, connections, requests }: Load): Promise<{ ms: number; latenciesMs: number[] }> {
  const asked = [path]
    .flat()
    .map((each) => `GET ${each} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nx-api-key: ${key}\r\n\r\n`);
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const latenciesMs: number[] = [];
  let left = requests;
  const startedAt = performance.now();
  await Promise.all(
    sockets.map(async (socket) => {
      const answers = readAnswers(socket);
      while (left > 0) {
        const request = asked[(requests - left) % asked.length] ?? '';
        left -= 1;
        const askedAt = performance.now();
        socket.write(request);
        await answers();
        latenciesMs.push(performance.now() - askedAt);
      }
    }),
  );
  const ms = performance.now() - startedAt;
  for (const socket of sockets) socket.destroy();
  return { ms, latenciesMs };
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** Resolves with each whole answer; anything but a 200 ends the run. */
function readAnswers(socket: Socket): () => Promise<void> {
  let text = '';
  let done: { resolve(): void; reject(error: Error): void } | undefined;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    text += chunk;
    const head = text.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(text.slice(0, head))?.[1]);
    if (text.length < head + 4 + length) return;
    const answer = text;
    text = '';
    if (answer.startsWith('HTTP/1.1 200')) done?.resolve();
    else done?.reject(new Error(answer));
  });
  socket.on('error', (error) => done?.reject(error));
  return () =>
    new Promise((resolve, reject) => {
      done = { resolve, reject };
    });
}

serve({ load });
