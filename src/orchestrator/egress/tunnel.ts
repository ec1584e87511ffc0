import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { hostOf } from '../domains/rules.ts';
import { Denied, type Passage } from './admission.ts';
import { readGreeting } from './client-hello.ts';

export interface TunnelTimes {
  readonly connectMsMax: number;
  readonly idleMsMax: number;
}

/** To the address that was looked up, never to the name. Rejects when nobody answers there. */
export async function reach({ address, target }: Passage, { connectMsMax, idleMsMax }: TunnelTimes): Promise<Socket> {
  const place = { host: address, port: target.port, family: isIP(address) };
  const upstream = connect({ ...place, noDelay: true, timeout: connectMsMax });
  // Silence, before the connection and on it.
  upstream.on('timeout', () => upstream.destroy(new Error(`${target.host} says nothing`)));
  await once(upstream, 'connect');
  upstream.setTimeout(idleMsMax);
  return upstream;
}

/**
 * What the client says first, up to the end of its hello. Throws `Denied` when it asks for another server than the one that
 * it was let through for. An internal service may speak anything; when it speaks TLS, the name must be right there too.
 */
export async function readChecked(client: Duplex, head: Buffer, { target, isInternal }: Passage): Promise<Buffer> {
  const late = AbortSignal.timeout(helloMsMax);
  let said = head;
  for (;;) {
    const greeting = readGreeting(said);
    if (greeting.kind === 'not_tls' && isInternal) return said;
    if (greeting.kind === 'not_tls') throw new Denied('not_tls', target.host);
    if (greeting.kind === 'client_hello') {
      if (hostOf(greeting.serverName ?? '') !== target.host) throw new Denied('wrong_server_name', target.host);
      return said;
    }
    const next = await nextChunk(client, late);
    // Who leaves without a word has tried nothing.
    if (next === undefined && said.length === 0) throw new Error('The client has left');
    if (next === undefined) throw new Denied('not_tls', target.host);
    said = Buffer.concat([said, next]);
  }
}

/** A client that dawdles over its hello holds a place that others could use. */
const helloMsMax = 10_000;

/** Undefined when the client has said all; rejects when it is late. */
async function nextChunk(client: Duplex, late: AbortSignal): Promise<Buffer | undefined> {
  for (;;) {
    const chunk: unknown = client.read();
    if (Buffer.isBuffer(chunk)) return chunk;
    if (client.readableEnded || client.destroyed) return undefined;
    await somethingFrom(client, late);
  }
}

/** By hand, because each use of `once` with a signal costs more than all the rest of a greeting. */
function somethingFrom(client: Duplex, late: AbortSignal): Promise<void> {
  const news = ['readable', 'end', 'close'] as const;
  return new Promise((resolve, reject) => {
    const heard = () => settle(resolve);
    const expire = () => settle(() => reject(late.reason));
    function settle(how: () => void): void {
      late.removeEventListener('abort', expire);
      for (const event of news) client.off(event, heard);
      how();
    }
    if (late.aborted) return expire();
    late.addEventListener('abort', expire);
    for (const event of news) client.on(event, heard);
  });
}

/** Both ways until one side ends or is cut. */
export function join(client: Duplex, upstream: Socket, count: (bytes: number) => void): void {
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.on('data', (chunk: Buffer) => count(chunk.length));
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
}
