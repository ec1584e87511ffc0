import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createFrameCounter } from './frame-counter.ts';
import { serve } from './worker.ts';

/** Many clients that only listen. The same code hears a WebSocket server and a bare TCP server that writes the same bytes. */
let heard = 0;
let firstAt = 0;
let lastAt = 0;
let wanted: { readonly count: number; done(): void } | undefined;
let all: Promise<void> | undefined;
const sockets: Socket[] = [];

function hear(count: number): void {
  lastAt = performance.now();
  if (heard === 0) firstAt = lastAt;
  heard += count;
  if (wanted && heard >= wanted.count) wanted.done();
}

interface Target {
  readonly port: number;
  readonly count: number;
  /** A key makes it a WebSocket; without one it is bare TCP. */
  readonly key?: string;
}

async function open({ port, key }: Target): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  sockets.push(socket);
  await once(socket, 'connect');
  if (key !== undefined) await upgrade(socket, key);
  socket.on('data', createFrameCounter(hear));
  // The upgrade has paused it.
  socket.resume();
}

async function upgrade(socket: Socket, key: string): Promise<void> {
  socket.write(
    `GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nx-api-key: ${key}\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
  );
  let head = Buffer.alloc(0);
  while (!head.includes('\r\n\r\n')) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    head = Buffer.concat([head, chunk]);
  }
  if (!head.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(head.toString('latin1'));
  socket.pause();
  const rest = head.subarray(head.indexOf('\r\n\r\n') + 4);
  if (rest.length > 0) socket.unshift(rest);
  // Masked with zeros, as a client must mask: `{"type":"subscribe"}` has fewer than 126 bytes.
  const text = Buffer.from('{"type":"subscribe"}');
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]));
}

serve({
  async connect(target: Target) {
    for (let at = 0; at < target.count; at += 50)
      await Promise.all(Array.from({ length: Math.min(50, target.count - at) }, () => open(target)));
  },
  /** Counts from now on: asked for, and answered, before anything is sent. */
  arm({ frames }: { frames: number }) {
    heard = 0;
    all = new Promise<void>((done) => {
      wanted = { count: frames, done };
    });
  },
  /** The answer comes with the last of the frames, and says how long they took from the first on. */
  async count() {
    await all;
    wanted = undefined;
    return { ms: lastAt - firstAt };
  },
  disconnect() {
    for (const socket of sockets.splice(0)) socket.destroy();
  },
});
