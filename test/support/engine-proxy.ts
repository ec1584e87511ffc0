import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import { docker } from './docker.ts';

/** Stands between a client and the engine: to count what is asked, and to let the engine die or hang for one client. */
export interface EngineProxy {
  readonly docker: Dockerode;
  /** Where it listens. */
  readonly socketPath: string;
  /** All that the client has sent. */
  sent(): string;
  /** `forward`: as if it were not there. `silent`: takes questions, and answers none. `gone`: not even listening. */
  be(mode: 'forward' | 'silent' | 'gone'): Promise<void>;
  /** Ends every connection there is. */
  cut(): void;
  close(): Promise<void>;
}

/** In front of the engine at this socket; of the machine's own, unless told. */
export async function engineProxy(engineSocket = String(engineAddress)): Promise<EngineProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'boardroom-engine-'));
  const socketPath = join(folder, 'engine.sock');
  const sockets = new Set<Socket>();
  let mode: 'forward' | 'silent' | 'gone' = 'gone';
  let sent = '';

  const server = createServer((client) => {
    keep(client);
    client.on('data', (chunk) => {
      sent += chunk.toString();
    });
    if (mode === 'silent') return;
    const engine = connect(engineSocket);
    keep(engine);
    client.pipe(engine).pipe(client);
    client.on('close', () => engine.destroy());
    engine.on('close', () => client.destroy());
  });

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  }

  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };

  async function be(next: typeof mode): Promise<void> {
    if (mode === 'gone' && next !== 'gone') await new Promise<void>((done) => server.listen(socketPath, done));
    if (mode !== 'gone' && next === 'gone') {
      const closed = new Promise((done) => server.close(done));
      cut();
      await closed;
    }
    mode = next;
  }

  await be('forward');
  return {
    docker: new Dockerode({ socketPath }),
    socketPath,
    sent: () => sent,
    be,
    cut,
    async close() {
      await be('gone');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

// The address dockerode has found is not in its types.
const { socketPath: configured } = docker.modem as { socketPath?: unknown };
const engineAddress: unknown = typeof configured === 'function' ? await configured() : configured;
