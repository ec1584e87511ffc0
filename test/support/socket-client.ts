import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Frame } from '../../src/contracts/frame.ts';
import { adminKey } from './boardroom.ts';
import { eventually } from './eventually.ts';

export interface SocketClient {
  readonly frames: readonly Frame[];
  /** The first frame, now or later, for which `wanted` holds. */
  frame(wanted: (frame: Frame) => boolean, what: string): Promise<Frame>;
  close(): void;
}

/** A dashboard's connection that keeps all it hears. */
export async function openSocket(
  url: string,
  headers: Record<string, string> = { 'x-api-key': adminKey },
): Promise<SocketClient> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers });
  const frames: Frame[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data))));
  await once(socket, 'open');
  return {
    frames,
    frame: (wanted, what) => eventually(() => frames.find(wanted), { withinMs: 30_000, what }),
    close: () => socket.terminate(),
  };
}
