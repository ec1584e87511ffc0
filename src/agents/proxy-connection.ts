import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

/** The gateway's word on why something may not be reached, for the model to read. */
export class EgressRefused extends Error {}

/** A way to `url`'s host through the proxy, which looks at the name; what goes over it is the host's own TLS. */
export async function tunnelTo(url: URL, proxy: URL, signal: AbortSignal): Promise<TLSSocket> {
  const authority = `${url.hostname}:${url.port || '443'}`;
  const [answer, socket] = await ask({ authority, proxy, signal });
  if (answer.statusCode !== 200) throw new EgressRefused(await sentenceOf(socket));
  return new Promise((resolve, reject) => {
    const tls = connectTls({ socket, servername: url.hostname });
    tls.once('secureConnect', () => resolve(tls));
    tls.once('error', reject);
    signal.addEventListener('abort', () => tls.destroy(new Error('The turn is over')), { once: true });
  });
}

export const proxyCredentials = ({ username, password }: URL): string =>
  `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;

interface Way {
  readonly authority: string;
  readonly proxy: URL;
  readonly signal: AbortSignal;
}

function ask({ authority, proxy, signal }: Way): Promise<[IncomingMessage, Socket]> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: proxy.hostname,
      port: proxy.port,
      method: 'CONNECT',
      path: authority,
      headers: { 'Proxy-Authorization': proxyCredentials(proxy) },
      agent: false,
      signal,
    });
    request.once('connect', (response, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve([response, socket]);
    });
    request.once('error', reject);
    request.end();
  });
}

const sentenceCharactersMax = 2_000;

/** A refusal closes its connection behind the sentence. */
async function sentenceOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.length > sentenceCharactersMax) break;
  }
  return text.slice(0, sentenceCharactersMax).trim() || 'The way out is closed.';
}
