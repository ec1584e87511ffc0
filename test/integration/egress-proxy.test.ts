import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionLimits } from '../../src/orchestrator/egress/connections.ts';
import { readChecked } from '../../src/orchestrator/egress/tunnel.ts';
import { type EgressStage, openEgress, openSite, portOf, type Site, whitelistEvent } from '../support/egress-stage.ts';
import { eventually } from '../support/eventually.ts';

const inside = 'wiki.test';
let site: Site;
let egress: EgressStage;

beforeAll(async () => {
  site = await openSite(inside, (incoming, response) => {
    if (incoming.url === '/moved') response.writeHead(302, { Location: 'http://other.test/' });
    if (incoming.method === 'GET') response.end('the page');
    else incoming.pipe(response);
  });
});
afterAll(() => site.close());

const open = (limits: Partial<ConnectionLimits> = {}) =>
  openEgress({ [inside]: 'internal', 'outside.test': 'api' }, limits);
beforeEach(async () => {
  site.seen.length = 0;
  egress = await open();
});
afterEach(() => egress.close());

const credentials = (token: string) => ({
  'Proxy-Authorization': `Basic ${Buffer.from(`cmo:${token}`).toString('base64')}`,
});

/** What the proxy says to a CONNECT, and the socket behind it. */
async function tunnel(authority: string, token = 'good'): Promise<{ status: number; said: string; socket: Socket }> {
  const asked = request({
    host: '127.0.0.1',
    port: portOf(egress.proxy),
    method: 'CONNECT',
    path: authority,
    headers: credentials(token),
  });
  asked.end();
  const [response, socket, head] = await new Promise<[IncomingMessage, Socket, Buffer]>((resolve, reject) => {
    asked.on('connect', (...connected) => resolve(connected));
    asked.on('error', reject);
  });
  socket.on('error', () => undefined);
  const rest: Buffer[] = [head];
  if (response.statusCode !== 200) {
    socket.on('data', (chunk: Buffer) => rest.push(chunk));
    await once(socket, 'close');
  }
  return { status: response.statusCode ?? 0, said: Buffer.concat(rest).toString(), socket };
}

async function secured(socket: Socket, servername = inside): Promise<TLSSocket> {
  const tls = connectTls({ socket, servername, ca: site.certificate });
  await once(tls, 'secureConnect');
  return tls;
}
const authority = () => `${inside}:${portOf(site.secure)}`;

describe('a tunnel', () => {
  it('to a whitelisted name carries TLS from end to end', async () => {
    const { status, socket } = await tunnel(authority());
    expect(status).toBe(200);
    const tls = await secured(socket);
    tls.write(`GET /page HTTP/1.1\r\nHost: ${inside}\r\nConnection: close\r\n\r\n`);
    const [page] = (await once(tls, 'data')) as [Buffer];
    expect(page.toString()).toContain('200 OK');
    expect(site.seen).toMatchObject([{ url: '/page', headers: { host: inside } }]);
    tls.destroy();
  });

  it.each(['', 'bad'])('without a good token (%j) is refused before anything is looked at', async (token) => {
    expect(await tunnel(authority(), token)).toMatchObject({ status: 407 });
    expect([egress.looked, egress.denied]).toEqual([[], []]);
  });

  it('to another name is refused with a sentence for the model, and nothing is asked of the name service', async () => {
    const { status, said } = await tunnel('evil.test:443');
    expect(status).toBe(403);
    expect(said).toMatch(/evil\.test.*whitelist.*request_domain/);
    expect([egress.denied, egress.looked]).toEqual([['evil.test not_whitelisted'], []]);
  });

  it('to an outside name that leads inside is refused, also when only one of its addresses does', async () => {
    for (const answer of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '8.8.8.8,10.0.0.1', '::ffff:127.0.0.1']) {
      egress.addresses['outside.test'] = [answer];
      expect(await tunnel('outside.test:443')).toMatchObject({ status: 403 });
    }
    expect(new Set(egress.denied)).toEqual(new Set(['outside.test private_address']));
  });

  it('goes to the address that was looked at, though the name leads elsewhere a moment later', async () => {
    egress.addresses[inside] = ['127.0.0.1', '192.0.2.1'];
    const { status, socket } = await tunnel(authority());
    expect(status).toBe(200);
    (await secured(socket)).destroy();
    expect(egress.looked).toEqual([inside]);
  });

  it('for another server name than its host is closed before the server hears of it', async () => {
    let connectionsAtServer = 0;
    site.secure.on('secureConnection', () => {
      connectionsAtServer += 1;
    });
    for (const servername of ['other.test', 'wiki.test.evil.test', '']) {
      const { status, socket } = await tunnel(authority());
      expect(status).toBe(200);
      const tls = connectTls({ socket, servername, ca: site.certificate });
      tls.on('error', () => undefined);
      await once(socket, 'close');
    }
    expect(connectionsAtServer).toBe(0);
    expect(egress.denied).toEqual(Array.from({ length: 3 }, () => `${inside} wrong_server_name`));
  });

  it('in spelling the server name otherwise is the same', async () => {
    const { socket } = await tunnel(`WIKI.test.:${portOf(site.secure)}`);
    (await secured(socket, 'Wiki.TEST')).destroy();
    expect(egress.denied).toEqual([]);
  });

  it('is cut when its entry is removed, and the next one is refused', async () => {
    const { socket } = await tunnel(authority());
    const tls = await secured(socket);
    egress.view.follow(whitelistEvent('domain_removed', { domain: inside }));
    await eventually(() => socket.destroyed || undefined, { what: 'the cut' });
    tls.destroy();
    expect(await tunnel(authority())).toMatchObject({ status: 403 });
  });

  it('is cut when its life ends, and no other one', async () => {
    const { socket } = await tunnel(authority());
    (await secured(socket)).on('error', () => undefined);
    egress.connections.cutLife('ins_2');
    expect(socket.destroyed).toBe(false);
    egress.connections.cutLife('ins_1');
    await eventually(() => socket.destroyed || undefined, { what: 'the cut' });
  });

  it('to where nobody answers is 502, and leaves no place taken', async () => {
    egress.addresses[inside] = ['127.0.0.1'];
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const port = portOf(free);
    await new Promise((resolve) => free.close(resolve));
    for (let attempt = 0; attempt < 40; attempt += 1)
      expect(await tunnel(`${inside}:${port}`)).toMatchObject({ status: 502 });
  });

  it('is one of so many at once, and there is room again when one has closed', async () => {
    egress.close();
    egress = await open({ connectionsMax: 2 });
    const both = [await tunnel(authority()), await tunnel(authority())];
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(await tunnel(authority())).toMatchObject({ status: 403 });
    expect(egress.denied).toEqual([`${inside} too_many`]);
    both[0]?.socket.destroy();
    const again = await eventually(async () => {
      const next = await tunnel(authority());
      return next.status === 200 ? next : undefined;
    });
    for (const { socket } of [...both, again]) socket.destroy();
  });

  it('is cut when the agent has moved its bytes of the day, and the next is refused', async () => {
    egress.close();
    egress = await open({ bytesPerDayMax: 20_000 });
    const { socket } = await tunnel(authority());
    const tls = await secured(socket);
    tls.on('error', () => undefined);
    tls.write(`POST / HTTP/1.1\r\nHost: ${inside}\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(100_000)}`);
    await eventually(() => socket.destroyed || undefined, { what: 'the cut' });
    expect(await tunnel(authority())).toMatchObject({ status: 403 });
    expect(egress.denied).toEqual([`${inside} too_much`]);
  });
});

describe('inside a tunnel', () => {
  const passage = (isInternal: boolean) => ({
    target: { host: 'outside.test', port: 443 },
    address: '8.8.8.8',
    entry: 'outside.test',
    isInternal,
    connection: { count: () => undefined, close: () => undefined },
  });
  const saying = (text: string) => {
    const client = new PassThrough();
    client.write(text);
    return client;
  };

  it('to the outside nothing but TLS is spoken', async () => {
    const refused = readChecked(saying('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(0), passage(false));
    await expect(refused).rejects.toMatchObject({ denial: 'not_tls' });
    const half = saying('\u0016\u0003\u0001');
    half.end();
    await expect(readChecked(half, Buffer.alloc(0), passage(false))).rejects.toMatchObject({ denial: 'not_tls' });
  });

  it('to an internal service anything is', async () => {
    expect(String(await readChecked(saying('PING\r\n'), Buffer.alloc(0), passage(true)))).toBe('PING\r\n');
  });
});

/** A plain request through the proxy. */
async function plainly(url: string, { token = 'good', method = 'GET', headers = {}, body = '' } = {}) {
  const asked = request({
    host: '127.0.0.1',
    port: portOf(egress.proxy),
    method,
    path: url,
    headers: { ...headers, ...credentials(token) },
  });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let said = '';
  for await (const chunk of response) said += String(chunk);
  return { status: response.statusCode, headers: response.headers, said };
}
const page = (path: string) => `http://${inside}:${portOf(site.plain)}${path}`;

describe('a plain request', () => {
  it('to a whitelisted name is passed on with its body, and answered', async () => {
    expect(await plainly(page('/a?b=c'))).toMatchObject({ status: 200, said: 'the page' });
    expect(await plainly(page('/echo'), { method: 'POST', body: 'x'.repeat(200_000) })).toMatchObject({
      said: 'x'.repeat(200_000),
    });
    expect(site.seen.map(({ url }) => url)).toEqual(['/a?b=c', '/echo']);
  });

  it('shows the server neither the token nor another host than the one it was let through for', async () => {
    await plainly(page('/'), { headers: { Host: 'evil.test', Connection: 'x-mine', 'X-Mine': '1', 'X-Theirs': '2' } });
    const [first] = site.seen;
    expect(first?.headers).toMatchObject({ host: `${inside}:${portOf(site.plain)}`, 'x-theirs': '2' });
    expect(first?.headers).not.toHaveProperty('proxy-authorization');
    expect(first?.headers).not.toHaveProperty('x-mine');
  });

  it('that is answered by a redirect is the client’s to ask again, and then looked at anew', async () => {
    expect(await plainly(page('/moved'))).toMatchObject({ status: 302, headers: { location: 'http://other.test/' } });
    expect(await plainly('http://other.test/')).toMatchObject({ status: 403 });
    expect(egress.denied).toEqual(['other.test not_whitelisted']);
  });

  it.each(['/relative', 'https://wiki.test/', 'ftp://wiki.test/', 'http://', 'http://[', 'file:///etc/passwd'])(
    'for %s is refused',
    async (url) => {
      expect(await plainly(url)).toMatchObject({ status: 403 });
      expect(site.seen).toEqual([]);
    },
  );

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://[::1]/',
    'http://0x7f.1/',
    'http://evil.test@127.0.0.1/',
  ])('to the address %s is refused', async (url) => {
    expect(await plainly(url)).toMatchObject({ status: 403 });
    expect(egress.denied.join()).toContain('address');
  });

  it('without a good token is refused', async () => {
    expect(await plainly(page('/'), { token: 'bad' })).toMatchObject({ status: 407 });
    expect(site.seen).toEqual([]);
  });
});
