import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AgentCaller } from '../gateway/identity.ts';
import type { Destination } from '../secrets/rules.ts';
import { type Admit, type Attempt, Denied, holdPlace, type Passage } from './admission.ts';
import { forward } from './forward.ts';
import { rawResponse, refusalOf } from './refusal.ts';
import { join, reach, readChecked, tie } from './tunnel.ts';

interface Deps {
  /** By the token of a life, and where it comes from. Throws when it is unknown, dead or another's. */
  readonly identify: (token: string | undefined, from: string | undefined) => Promise<AgentCaller>;
  readonly admit: Admit;
  /** Headers that are to be sent there for this agent; throws `Denied` when one lacks its value. */
  readonly secretsFor: (caller: AgentCaller, to: Destination) => Readonly<Record<string, string>>;
  readonly onAllowed: (attempt: Attempt, passage: Passage) => void;
  readonly onDenied: (attempt: Attempt, denied: Denied) => void;
  readonly onError: (error: unknown) => void;
}

const times = { connectMsMax: 10_000, helloMsMax: 10_000, idleMsMax: 120_000 };

/** The agents' only way out: HTTP and CONNECT, by name, to what the whitelist covers. */
export function createEgressServer(deps: Deps): Server {
  const server = createServer({ headersTimeout: 15_000, requestTimeout: 300_000, maxHeaderSize: 32_768 });
  server.on('connect', (request, client, head) => void tunnel(deps, request, { client, head }));
  server.on('request', (request, response) => void pass(deps, request, response));
  // A WebSocket without TLS is asked for by CONNECT too.
  server.on('upgrade', (_request, socket) => socket.destroy());
  return server;
}

async function tunnel(
  deps: Deps,
  request: IncomingMessage,
  { client, head }: { client: Duplex; head: Buffer },
): Promise<void> {
  client.on('error', () => client.destroy());
  const authority = request.url ?? '';
  let attempt: Attempt | undefined;
  let isEstablished = false;
  try {
    const caller = await deps.identify(tokenIn(request), request.socket.remoteAddress);
    attempt = { caller, authority, url: `https://${authority.replace(/:443$/, '')}` };
    const passage = await deps.admit(attempt, () => client.destroy());
    holdPlace(client, passage);
    const upstream = await reach(passage, times);
    tie(client, upstream);
    if (client.destroyed) return void upstream.destroy();
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    isEstablished = true;
    // A client that dawdles over its hello holds a place that others could use. Nothing passes until then, so this clock runs through.
    upstream.setTimeout(times.helloMsMax);
    const said = await readChecked(client, head, passage);
    upstream.setTimeout(times.idleMsMax);
    deps.onAllowed(attempt, passage);
    passage.connection.count(said.length);
    upstream.write(said);
    join(client, upstream, passage.connection.count);
  } catch (error) {
    report(deps, attempt, error);
    // After the 200 there is no HTTP left to say anything in.
    if (isEstablished) return void client.destroy();
    // Whoever keeps its own half open would keep its place for ever: no timeout of the server watches it any more.
    client.once('finish', () => client.destroy());
    client.end(rawResponse(refusalOf(error)));
  }
}

async function pass(deps: Deps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let attempt: Attempt | undefined;
  try {
    const caller = await deps.identify(tokenIn(request), request.socket.remoteAddress);
    attempt = { caller, authority: request.url ?? '', url: request.url ?? '' };
    const url = plainUrl(attempt.url);
    attempt = { caller, authority: `${url.hostname}:${url.port || '80'}`, url: url.href };
    const passage = await deps.admit(attempt, () => response.destroy());
    holdPlace(response, passage);
    deps.onAllowed(attempt, passage);
    // Outside the house plain HTTP is read by everybody on the way.
    const headers = passage.isInternal ? deps.secretsFor(caller, { scheme: 'http', ...passage.target }) : {};
    await forward({ request, response, url, passage, connect: () => reach(passage, times), headers });
  } catch (error) {
    report(deps, attempt, error);
    if (response.headersSent || response.destroyed) return void response.destroy();
    const { status, sentence, headers } = refusalOf(error);
    response.writeHead(status, headers).end(sentence);
    request.resume();
  }
}

function report({ onDenied, onError }: Deps, attempt: Attempt | undefined, error: unknown): void {
  if (attempt && error instanceof Denied) onDenied(attempt, error);
  else onError(error);
}

/** A proxy is asked with the whole URL; HTTPS comes by CONNECT. */
function plainUrl(text: string): URL {
  if (!/^http:\/\//i.test(text) || !URL.canParse(text)) throw new Denied('bad_target', text.slice(0, 253));
  return new URL(text);
}

/** Basic, with the token for a password: what every HTTP client makes of `http://agent:token@host:port`. */
function tokenIn({ headers }: IncomingMessage): string | undefined {
  const [, encoded = ''] = /^Basic +(\S+)$/i.exec(headers['proxy-authorization'] ?? '') ?? [];
  const pair = Buffer.from(encoded, 'base64').toString();
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : pair.slice(colon + 1);
}
