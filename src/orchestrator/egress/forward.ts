import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Passage } from './admission.ts';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly passage: Passage;
  readonly connect: () => Promise<Duplex>;
  /** In the place of what the client says there; undefined: nothing. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** One plain HTTP request and its answer. A redirect in it is the client's next request, and looked at like this one. */
export async function forward(exchange: Exchange): Promise<void> {
  const { request, response, url, passage, connect, headers } = exchange;
  const socket = await connect();
  response.on('close', () => socket.destroy());
  if (response.destroyed) {
    socket.destroy();
    throw new Error('The client has left');
  }
  const upstream = ask({
    createConnection: () => socket,
    method: request.method,
    path: url.pathname + url.search,
    // The host that was let through, whatever the client says there: one server can be many hosts.
    headers: defined({ ...endToEnd(request.headers), ...headers, ...framing(request), host: url.host }),
    setHost: false,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    upstream.on('response', resolve);
    upstream.on('error', reject);
  });
  const count = ({ length }: Buffer) => passage.connection.count(length);
  request.on('data', count);
  const [answer] = await Promise.all([answered, pipeline(request, upstream)]);
  answer.on('data', count);
  response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
  await pipeline(answer, response);
}

/** RFC 9110 7.6.1: what is between two neighbours only, the proxy's own credentials above all. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** How long the body is, said as the client said it: without that a body would be the next request to whoever reads it. */
function framing({ headers }: IncomingMessage): IncomingMessage['headers'] {
  const { 'transfer-encoding': chunked, 'content-length': length } = headers;
  return chunked === undefined
    ? { 'content-length': length }
    : { 'transfer-encoding': 'chunked', 'content-length': undefined };
}

const defined = (headers: IncomingMessage['headers']): IncomingMessage['headers'] =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));

function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const named = new Set((headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
  const own = Object.entries(headers).filter(([name]) => !hopByHop.has(name) && !named.has(name));
  return Object.fromEntries(own);
}
