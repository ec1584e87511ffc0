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
  // An error that nobody hears would end us all; whoever uses the connection hears of its end.
  upstream.on('error', () => upstream.destroy());
  await once(upstream, 'connect');
  upstream.setTimeout(idleMsMax);
  return upstream;
}

/**
 * What the client says first, up to the end of its hello. Throws `Denied` when it asks for another server than the one that
 * it was let through for. An internal service may speak anything; when it speaks TLS, the name must be right there too.
 */
export async function readChecked(client: Duplex, head: Buffer, { target, isInternal }: Passage): Promise<Buffer> {
  let said = head;
  for (;;) {
    const greeting = readGreeting(said);
    if (greeting.kind === 'not_tls' && isInternal) return said;
    if (greeting.kind === 'not_tls') throw new Denied('not_tls', target.host);
    if (greeting.kind === 'client_hello') {
      const { serverName = '' } = greeting;
      if (serverName !== target.host && hostOf(serverName) !== target.host)
        throw new Denied('wrong_server_name', target.host);
      return said;
    }
    const next = await nextChunk(client);
    // Who leaves without a word has tried nothing.
    if (next === undefined && said.length === 0) throw new Error('The client has left');
    if (next === undefined) throw new Denied('not_tls', target.host);
    said = Buffer.concat([said, next]);
  }
}

/** Undefined when the client has said all, or was cut. */
async function nextChunk(client: Duplex): Promise<Buffer | undefined> {
  for (;;) {
    const chunk: unknown = client.read();
    if (Buffer.isBuffer(chunk)) return chunk;
    if (client.readableEnded || client.destroyed) return undefined;
    await somethingFrom(client);
  }
}

/** By hand, because a signal costs more than all the rest of a greeting. */
function somethingFrom(client: Duplex): Promise<void> {
  return new Promise((resolve) => {
    function heard(): void {
      for (const event of news) client.off(event, heard);
      resolve();
    }
    for (const event of news) client.on(event, heard);
  });
}

const news = ['readable', 'end', 'close'] as const;

/** What ends one ends the other. */
export function tie(client: Duplex, upstream: Socket): void {
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => client.destroy());
}

/** Both ways, what one side says goes to the other. */
export function join(client: Duplex, upstream: Socket, count: (bytes: number) => void): void {
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.on('data', (chunk: Buffer) => count(chunk.length));
    from.pipe(to);
  }
}
