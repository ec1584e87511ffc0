import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { AppError } from '../contracts/errors.ts';
import type { BoardroomEvent } from '../contracts/event.ts';
import { subscribeSchema } from '../contracts/frame.ts';
import type { Feed } from './events/feed.ts';
import { type Envelope, framesOf, helloFrame } from './events/frames.ts';
import { createReader, type Reader } from './events/reader.ts';
import { type Authenticator, addressOf } from './http/authenticate.ts';
import { originAllowed } from './http/credentials.ts';
import { toAppError } from './http/problem.ts';
import { refuseUpgrade } from './http/refuse-upgrade.ts';
import type { Caller } from './keys/service.ts';
import type { Clock } from './platform/clock.ts';

interface Deps {
  readonly server: Server;
  readonly authenticator: Authenticator;
  readonly origins: readonly string[];
  readonly feed: Feed;
  readonly readAfter: (after: number, limit: number) => Promise<readonly BoardroomEvent[]>;
  readonly clock: Clock;
  readonly replica: string;
  readonly log: Logger;
  readonly pingMs: number;
  readonly onCount: (open: number) => void;
}

export interface DashboardSockets {
  /** To every client that wants it, now or never: news that is not in the log. */
  broadcast(envelope: Envelope): void;
  close(): Promise<void>;
}

const clientFrameBytesMax = 16 * 1024;

/** `/ws`: authenticated before the upgrade, then the log from where the client wants it, without a gap or a repeat. */
export function createDashboardSockets(deps: Deps): DashboardSockets {
  const { server, feed, clock, log } = deps;
  // Deflate costs more than it saves here: one frame goes to many clients.
  const sockets = new WebSocketServer({ noServer: true, maxPayload: clientFrameBytesMax, perMessageDeflate: false });
  const readers = new Map<WebSocket, Reader>();
  const stopping = new AbortController();

  async function callerOf(request: IncomingMessage, url: URL): Promise<Caller> {
    if (!originAllowed(request, deps.origins))
      throw new AppError('foreign_origin', 'Open the socket from the dashboard’s own origin');
    const ticket = url.searchParams.get('ticket');
    const address = addressOf(request);
    if (ticket !== null) return deps.authenticator.byTicket(ticket, address);
    const caller = await deps.authenticator.identify(request, address);
    if (!caller) throw new AppError('unauthenticated', 'Bring a key, a session cookie or a ticket');
    return caller;
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', (error) => log.debug({ err: error }, 'socket ended during the upgrade'));
    try {
      const url = addressed(request);
      if (url?.pathname !== '/ws') throw new AppError('not_found', 'The socket is at /ws');
      await callerOf(request, url);
      if (stopping.signal.aborted) throw new AppError('dependency_unavailable', 'This replica is closing');
      sockets.handleUpgrade(request, socket, head, (client) => welcome(client));
    } catch (error) {
      refuseUpgrade(socket, toAppError(error));
    }
  }

  function welcome(client: WebSocket): void {
    const reader = createReader({
      client,
      clock,
      feed,
      readAfter: deps.readAfter,
      signal: stopping.signal,
      onError: (error) => log.warn({ err: error }, 'replay failed'),
    });
    readers.set(client, reader);
    deps.onCount(readers.size);
    const alive = watchPings(client);
    client.on('message', (data, isBinary) => receive(client, reader, isBinary ? undefined : String(data)));
    client.on('error', (error) => log.debug({ err: error }, 'socket error'));
    client.on('close', () => {
      readers.delete(client);
      reader.stop();
      alive.abort();
      deps.onCount(readers.size);
    });
    client.send(helloFrame({ seq: feed.position(), replica: deps.replica, at: clock.now() }));
    reader.start();
  }

  function receive(client: WebSocket, reader: Reader, text: string | undefined): void {
    const parsed = subscribeSchema.safeParse(parseJson(text));
    if (parsed.success) return reader.subscribe(parsed.data);
    client.close(1008, 'expected {"type":"subscribe","topics"?:[…],"since"?:<seq>}');
  }

  /** Two pings unanswered, and the client is gone though nobody said so. */
  function watchPings(client: WebSocket): AbortController {
    const over = new AbortController();
    let missed = 0;
    client.on('pong', () => {
      missed = 0;
    });
    const beat = async () => {
      for (;;) {
        await clock.sleep(deps.pingMs, over.signal);
        if (over.signal.aborted) return;
        if (missed >= 2) return client.terminate();
        missed += 1;
        client.ping();
      }
    };
    void beat();
    return over;
  }

  const unsubscribe = feed.onEvent((event) => {
    const envelopes = framesOf(event);
    for (const reader of readers.values()) reader.live(event.seq, envelopes);
  });
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void upgrade(request, socket, head);
  server.on('upgrade', onUpgrade);

  return {
    broadcast(envelope) {
      for (const reader of readers.values()) reader.passing(envelope);
    },
    async close() {
      stopping.abort();
      unsubscribe();
      server.off('upgrade', onUpgrade);
      for (const client of readers.keys()) client.close(1001, 'the orchestrator is closing');
      await clock.sleep(readers.size > 0 ? goodbyeMs : 0, AbortSignal.timeout(goodbyeMs));
      for (const client of sockets.clients) client.terminate();
    },
  };
}

/** Time for the clients to answer the close frame. */
const goodbyeMs = 250;

const base = 'http://boardroom';
const addressed = ({ url = '/' }: IncomingMessage): URL | undefined =>
  URL.canParse(url, base) ? new URL(url, base) : undefined;

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    // Not JSON: the schema check that follows says what was expected.
    return undefined;
  }
}
