import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { AppError } from '../contracts/errors.ts';
import type { BoardroomEvent } from '../contracts/event.ts';
import { subscribeSchema } from '../contracts/frame.ts';
import type { Feed } from './events/feed.ts';
import { type Envelope, framesOf, helloFrame, packed } from './events/frames.ts';
import { createReader, type Reader } from './events/reader.ts';
import { createFrameWriter } from './events/wire.ts';
import { type Authenticator, addressOf } from './http/authenticate.ts';
import type { BrowserGuard } from './http/browser-guard.ts';
import { toAppError } from './http/problem.ts';
import { refuseConnection } from './http/refuse-connection.ts';
import { watchManners } from './http/socket-manners.ts';
import { createSocketSeats } from './http/socket-seats.ts';
import type { Caller } from './keys/service.ts';
import type { Clock } from './platform/clock.ts';

interface Deps {
  readonly server: Server;
  readonly authenticator: Authenticator;
  readonly guard: BrowserGuard;
  readonly feed: Feed;
  readonly readAfter: (after: number, limit: number) => Promise<readonly BoardroomEvent[]>;
  readonly clock: Clock;
  readonly replica: string;
  readonly log: Logger;
  readonly pingMs: number;
  /** In all, and of one key. */
  readonly socketsMax: number;
  readonly socketsPerKey: number;
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
  const frames = { maxPayload: clientFrameBytesMax, perMessageDeflate: false };
  // Pings are answered by hand: one who floods us with them is sent away.
  const sockets = new WebSocketServer({ noServer: true, autoPong: false, ...frames });
  sockets.on('wsClientError', (error, socket) =>
    refuseConnection(socket, new AppError('invalid_request', 'This is no WebSocket handshake', { cause: error })),
  );
  const seats = createSocketSeats(deps.socketsMax, deps.socketsPerKey);
  const readers = new Map<WebSocket, Reader>();
  const callers = new WeakMap<WebSocket, Caller>();
  const stopping = new AbortController();

  async function callerOf(request: IncomingMessage, url: URL): Promise<Caller> {
    const ticket = url.searchParams.get('ticket');
    const address = addressOf(request);
    if (ticket !== null) return deps.authenticator.byPass('ticket', ticket, address);
    const caller = await deps.authenticator.identify(request, address);
    if (!caller) throw new AppError('unauthenticated', 'Bring a key, a session cookie or a ticket');
    return caller;
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', (error) => log.debug({ err: error }, 'socket ended during the upgrade'));
    try {
      deps.guard(request);
      const url = addressed(request);
      if (url?.pathname !== '/ws') throw new AppError('not_found', 'The socket is at /ws');
      const caller = await callerOf(request, url);
      if (stopping.signal.aborted) throw new AppError('dependency_unavailable', 'This replica is closing');
      // In the same tick as the welcome, which takes the seat: no two get the last one.
      seats.check(caller);
      sockets.handleUpgrade(request, socket, head, (client) => welcome(client, { socket, caller }));
    } catch (error) {
      refuseConnection(socket, toAppError(error));
    }
  }

  function welcome(client: WebSocket, { socket, caller }: { socket: Duplex; caller: Caller }): void {
    const leave = seats.take(caller);
    const reader = createReader({
      client,
      write: createFrameWriter(socket),
      clock,
      feed,
      readAfter: deps.readAfter,
      signal: stopping.signal,
      onError: (error) => log.warn({ err: error }, 'replay failed'),
    });
    readers.set(client, reader);
    callers.set(client, caller);
    deps.onCount(seats.taken());
    watchManners(client, { clock, pingMs: deps.pingMs, until: caller.expiresAt });
    client.on('message', (data, isBinary) => receive(client, reader, isBinary ? undefined : String(data)));
    client.on('error', (error) => log.debug({ err: error }, 'socket error'));
    client.on('close', () => {
      readers.delete(client);
      reader.stop();
      leave();
      deps.onCount(seats.taken());
    });
    client.send(helloFrame({ seq: feed.position(), replica: deps.replica, at: clock.now() }));
    reader.start();
  }

  function receive(client: WebSocket, reader: Reader, text: string | undefined): void {
    const parsed = subscribeSchema.safeParse(parseJson(text));
    if (parsed.success) return reader.subscribe(parsed.data);
    client.close(1008, 'expected {"type":"subscribe","topics"?:[…],"since"?:<seq>}');
  }

  /** Who was let in with a key hears nothing more once it is revoked: not even of that. */
  function showOut(keyId: unknown): void {
    for (const [client, reader] of readers) {
      if (callers.get(client)?.keyId !== keyId) continue;
      reader.stop();
      client.close(1008, 'the key was revoked');
    }
  }

  const unsubscribe = feed.onEvent((event) => {
    if (event.eventType === 'key_revoked') showOut(event.payload['keyId']);
    const packets = framesOf(event).map(packed);
    for (const reader of readers.values()) reader.live(event.seq, packets);
  });
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void upgrade(request, socket, head);
  server.on('upgrade', onUpgrade);

  return {
    broadcast(envelope) {
      const packet = packed(envelope);
      for (const reader of readers.values()) reader.passing(packet);
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
