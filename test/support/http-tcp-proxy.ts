import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server, so that a test can take the server away from this one client. */
export interface TcpProxy {
  readonly port: number;
  /** Ends every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Takes connections and lets nothing through any more, in either direction: a peer that is gone without a word. */
  hang(): void;
  /** As if it had never been away; what was cut off stays cut off. */
  restore(): Promise<void>;
  /** Lets the next transaction that mentions `text` commit, and ends the connection in place of the server's answer. */
  swallowCommitOf(text: string): void;
  close(): Promise<void>;
}

type Mode = 'forward' | 'hang' | 'cut';

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let mode: Mode = 'forward';
  let marked: string | undefined;

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  }

  const server = createServer((client) => {
    keep(client);
    if (mode === 'hang') return;
    const upstream = connect(target);
    keep(upstream);
    let mentioned = false;
    let committing = false;
    client.on('data', (chunk) => {
      if (mode === 'hang') return;
      mentioned ||= marked !== undefined && chunk.includes(marked);
      committing ||= mentioned && chunk.includes('commit\0');
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (mode === 'hang') return;
      // What went out before the commit is answered before it.
      if (!committing || !chunk.includes('COMMIT\0')) return void client.write(chunk);
      // It is committed. Nobody will hear of it.
      marked = undefined;
      client.destroy();
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });

  const endAll = () => {
    for (const socket of sockets) socket.destroy();
  };

  async function stopListening(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    endAll();
    await closed;
  }

  async function listen(port: number): Promise<void> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  }

  await listen(0);
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;

  return {
    port,
    async cut() {
      mode = 'cut';
      await stopListening();
    },
    hang() {
      mode = 'hang';
    },
    async restore() {
      if (mode === 'forward') return;
      endAll();
      mode = 'forward';
      if (!server.listening) await listen(port);
    },
    swallowCommitOf(text) {
      marked = text;
    },
    close: stopListening,
  };
}
