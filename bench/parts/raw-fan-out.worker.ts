import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { serve } from './worker.ts';

/** The barest fan-out: bytes made once, one write for each delivery, and nothing else. */
const sockets = new Set<Socket>();
const server = createServer({ noDelay: true }, (socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => undefined);
});

const framesPerTurn = 200;

serve({
  async listen() {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },
  async send({ frames, payload }: { frames: number; payload: number }) {
    for (let at = 0; at < frames; at += 1) {
      const frame = Buffer.alloc(4 + payload, 'x');
      frame.writeUInt16BE(0x81_7e, 0);
      frame.writeUInt16BE(payload, 2);
      for (const socket of sockets) socket.write(frame);
      if (at % framesPerTurn === framesPerTurn - 1) await nextTurn();
    }
  },
});
