import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EgressStage, openEgress, portOf, whitelistEvent } from '../support/egress-stage.ts';
import { eventually } from '../support/eventually.ts';

const name = 'wiki.test';
let egress: EgressStage;
/** Behind the proxy; says nothing but what it heard, byte for byte. */
let upstream: Server;
let heard: string[];

beforeEach(async () => {
  heard = [];
  upstream = createServer((socket) => {
    const at = heard.push('') - 1;
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      heard[at] += data.toString('latin1');
      if (heard[at]?.includes('END')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  egress = await openEgress({ [name]: 'internal' }, { connectionsMax: 1 });
});
afterEach(() => {
  egress.close();
  upstream.close();
});

const place = () => `${name}:${(upstream.address() as AddressInfo).port}`;
const credentials = `Proxy-Authorization: Basic ${Buffer.from('cmo:good').toString('base64')}\r\n`;

async function say(text: string): Promise<Socket> {
  const socket = connect(portOf(egress.proxy), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}
const asking = {
  get: () => `GET http://${place()}/END HTTP/1.1\r\nHost: x\r\n${credentials}\r\n`,
  post: () => `POST http://${place()}/END HTTP/1.1\r\nHost: x\r\n${credentials}Content-Length: 2\r\n\r\nhi`,
  connect: () => `CONNECT ${place()} HTTP/1.1\r\nHost: x\r\n${credentials}\r\n`,
} as const;

/** A look-up that takes until it is told to end. */
function holdNames(): () => void {
  let end = (): void => undefined;
  egress.slow.name = { service: new Promise((resolve) => (end = resolve)) };
  return end;
}

describe.each(['get', 'post', 'connect'] as const)('%s, while its name is looked up', (kind) => {
  it('by a client that leaves gives its place back', async () => {
    const end = holdNames();
    const socket = await say(asking[kind]());
    await eventually(() => egress.looked[0], { what: 'the look-up' });
    socket.destroy();
    await once(socket, 'close');
    end();
    await (await say(asking.get())).resume();
    await eventually(() => heard.find((text) => text.startsWith('GET')), { what: 'the next request' });
    expect(egress.denied).toEqual([]);
  });

  it.each([
    ['by a life that is cut', () => egress.connections.cutLife('ins_1')],
    ['to an entry that is removed', () => egress.view.follow(whitelistEvent('domain_removed', { domain: name }))],
  ])('%s sends nothing any more', async (_what, cut) => {
    const end = holdNames();
    const socket = await say(asking[kind]());
    await eventually(() => egress.looked[0], { what: 'the look-up' });
    const closed = once(socket, 'close');
    cut();
    await closed;
    egress.view.follow(whitelistEvent('domain_approved', { domain: name, category: 'internal' }));
    end();
    // The next one is let through, and is all that arrives.
    await say(asking.post());
    await eventually(() => heard.find((text) => text.startsWith('POST') && text.includes('hi')), {
      what: 'the next request',
    });
    expect(heard).toHaveLength(1);
  });
});

describe('a client that is refused', () => {
  it('and neither reads nor closes its half is cut off all the same', async () => {
    const socket = connect({ port: portOf(egress.proxy), host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.write(`CONNECT elsewhere.test:443 HTTP/1.1\r\nHost: x\r\n${credentials}\r\nand more`);
    await once(socket, 'readable');
    const count = () => new Promise<number>((resolve) => egress.proxy.getConnections((_error, open) => resolve(open)));
    await eventually(async () => ((await count()) === 0 ? true : undefined), { what: 'the end of the connection' });
    socket.destroy();
  });
});

describe('a site that leaves before the client has greeted it', () => {
  it.each([
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
    ['ends', (socket: Socket) => socket.destroy()],
  ] as const)('and %s the connection ends the tunnel, and nothing else', async (_how, leave) => {
    // The second finds its place free, and the proxy well.
    for (let turn = 0; turn < 2; turn += 1) {
      const reached = once(upstream, 'connection');
      const socket = await say(asking.connect());
      const [[behind], [said]] = await Promise.all([reached, once(socket, 'data')]);
      expect(String(said)).toContain('200 Connection Established');
      const closed = once(socket, 'close', { signal: AbortSignal.timeout(5_000) });
      leave(behind);
      await closed;
    }
  });
});

describe('a body', () => {
  const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: evil.test\r\n\r\nEND';
  const chunked = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`;

  it.each(['GET', 'DELETE', 'OPTIONS', 'POST', 'PUT'])(
    'of %s never becomes a request of its own: in chunks',
    async (method) => {
      await say(
        `${method} http://${place()}/ HTTP/1.1\r\nHost: x\r\n${credentials}Transfer-Encoding: chunked\r\n\r\n${chunked}`,
      );
      const text = await eventually(() => heard.find((said) => said.includes('END')), { what: 'the body' });
      expect(text.toLowerCase()).toContain('transfer-encoding: chunked');
      expect(text).toContain(`\r\n${smuggled.length.toString(16)}\r\nGET /smuggled`);
    },
  );

  it.each(['GET', 'DELETE', 'POST'])(
    'of %s never becomes a request of its own: with its length called hop by hop',
    async (method) => {
      const head = `${method} http://${place()}/ HTTP/1.1\r\nHost: x\r\n${credentials}Connection: content-length\r\n`;
      await say(`${head}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`);
      const text = await eventually(() => heard.find((said) => said.includes('END')), { what: 'the body' });
      expect(text.toLowerCase()).toContain(`content-length: ${smuggled.length}`);
    },
  );
});
