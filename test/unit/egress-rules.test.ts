import { createServer, connect as dial, type Server } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import {
  isPublic,
  remembering,
  rememberingOwn,
  resolveTarget,
  systemAddresses,
} from '../../src/orchestrator/egress/addresses.ts';
import { readGreeting } from '../../src/orchestrator/egress/client-hello.ts';
import { type Denial, explain, mayBeFetched, ruleOn } from '../../src/orchestrator/egress/rules.ts';

const allowed = new Map([
  ['example.com', 'api'],
  ['*.example.com', 'api'],
  ['wiki.test', 'internal'],
]);
const ruled = (authority: string) => {
  const ruling = ruleOn(authority, allowed);
  return ruling.allowed ? `${ruling.target.host}:${ruling.target.port} by ${ruling.entry}` : ruling.denial;
};

describe('an address that somebody else fetches for an agent', () => {
  it.each([
    ['https://example.com/a.png', true],
    ['HTTP://A.B.EXAMPLE.COM./?q', true],
    ['https://example.com:8443/', false],
    ['https://evil.test/', false],
    ['https://example.com@evil.test/', false],
    ['https://evil.test/#@example.com', false],
    ['https://wiki.test/', false],
    ['https://127.0.0.1/', false],
    ['gs://example.com/a', false],
    ['file:///etc/passwd', false],
    ['example.com', false],
  ])('%s: %s', (address, may) => expect(mayBeFetched(address, allowed)).toBe(may));
});

describe('a connection', () => {
  it.each([
    ['example.com:443', 'example.com:443 by example.com'],
    ['EXAMPLE.com.:443', 'example.com:443 by example.com'],
    ['a.b.example.com:80', 'a.b.example.com:80 by *.example.com'],
    ['wiki.test:8443', 'wiki.test:8443 by wiki.test'],
  ])('to %s goes to %s', (authority, way) => expect(ruled(authority)).toBe(way));

  it.each<[string, Denial]>([
    ['other.test:443', 'not_whitelisted'],
    ['evilexample.com:443', 'not_whitelisted'],
    ['example.com.evil.test:443', 'not_whitelisted'],
    ['xn--exmple-cua.com:443', 'not_whitelisted'],
    ['exаmple.com:443', 'not_whitelisted'],
    ['a.wiki.test:443', 'not_whitelisted'],
    ['example.com:22', 'port'],
    ['example.com:8443', 'port'],
    ['127.0.0.1:443', 'address'],
    ['2130706433:80', 'address'],
    ['0x7f.1:80', 'address'],
    ['017700000001:80', 'address'],
    ['[::1]:443', 'address'],
    ['[::ffff:10.0.0.1]:443', 'address'],
    ['::ffff:10.0.0.1:443', 'bad_target'],
    ['example.com', 'bad_target'],
    ['example.com:0', 'bad_target'],
    ['example.com:65536', 'bad_target'],
    ['example.com:443:443', 'bad_target'],
    ['user@example.com:443', 'bad_target'],
    ['example.com/x:443', 'bad_target'],
    ['example.com%00.evil.test:443', 'bad_target'],
    ['example.com\u0000:443', 'bad_target'],
    ['', 'bad_target'],
    [':443', 'bad_target'],
    ['*.example.com:443', 'bad_target'],
  ])('to %j is denied: %s', (authority, denial) => expect(ruled(authority)).toBe(denial));

  it('that is denied is explained to the model: why, and what it can do', () => {
    expect(explain('other.test', 'not_whitelisted')).toMatch(/other\.test.*whitelist.*request_domain/);
    expect(explain('example.com', 'port')).toMatch(/example\.com.*443/);
  });
});

/** Public ones that this machine has itself. */
const own = new Set(['5.9.0.1', '2a01:4f8::1']);

describe('an address is inside', () => {
  it.each([
    '5.9.0.1',
    '::ffff:5.9.0.1',
    '2a01:4f8:0::1',
    '0.0.0.0',
    '10.1.2.3',
    '127.0.0.1',
    '127.9.9.9',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '::ffff:10.0.0.1',
    '::ffff:127.0.0.1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    '2001:db8::1',
    '4000::1',
    '::7f00:1',
    'not an address',
    '',
  ])('%s', (address) => expect(isPublic(address, own)).toBe(false));
  it.each(['8.8.8.8', '93.184.216.34', '2606:2800:220:1::1', '::ffff:8.8.8.8'])('but %s is not', (address) =>
    expect(isPublic(address, own)).toBe(true),
  );
});

test.each([
  [['8.8.8.8', '10.0.0.1'], false, { kind: 'private' }],
  [['10.0.0.1'], false, { kind: 'private' }],
  [['10.0.0.1'], true, { kind: 'address', address: '10.0.0.1' }],
  [['8.8.8.8', '8.8.4.4'], false, { kind: 'address', address: '8.8.8.8' }],
  [['8.8.8.8', '5.9.0.1'], false, { kind: 'private' }],
  [['2a01:4f8::1'], false, { kind: 'private' }],
  [[], false, { kind: 'unknown' }],
])('a name with the addresses %j, internal: %s, leads to %j', async (addresses, isInternal, result) => {
  const look = { resolve: async () => addresses, ownAddresses: () => own };
  expect(await resolveTarget(look, 'x.test', isInternal)).toEqual(result);
});

describe('what a client says first', () => {
  let server: Server;
  let hello: (options: { servername?: string }) => Promise<Buffer>;
  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    hello = (options) =>
      new Promise((resolve) => {
        server.once('connection', (socket) =>
          socket.once('data', (bytes) => {
            socket.destroy();
            resolve(bytes);
          }),
        );
        connect({ ...options, socket: dial(port, '127.0.0.1') }).on('error', () => undefined);
      });
  });
  afterAll(() => void server.close());

  it('names its server, in one piece or byte by byte', async () => {
    const bytes = await hello({ servername: 'api.example.com' });
    const whole = { kind: 'client_hello', serverName: 'api.example.com' };
    expect(readGreeting(bytes)).toEqual(whole);
    for (let length = 0; length < bytes.length; length += 1)
      expect(readGreeting(bytes.subarray(0, length))).toEqual({ kind: 'incomplete' });
    expect(readGreeting(Buffer.concat([bytes, Buffer.from('more')]))).toEqual(whole);
  });

  it('names its server when the hello is cut into many records too', async () => {
    const bytes = await hello({ servername: 'api.example.com' });
    const body = bytes.subarray(5);
    const pieces = Array.from({ length: Math.ceil(body.length / 3) }, (_, at) => body.subarray(at * 3, at * 3 + 3));
    const records = pieces.map((piece) => Buffer.concat([Buffer.from([22, 3, 1, 0, piece.length]), piece]));
    expect(readGreeting(Buffer.concat(records))).toEqual({ kind: 'client_hello', serverName: 'api.example.com' });
  });

  it('may name nobody', async () => {
    expect(readGreeting(await hello({}))).toEqual({ kind: 'client_hello', serverName: undefined });
  });

  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['SSH', Buffer.from('SSH-2.0-x\r\n')],
    ['another record', Buffer.from([23, 3, 3, 0, 1, 0])],
    ['another message', Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0])],
    ['an empty record', Buffer.from([22, 3, 1, 0, 0])],
    ['a record too large', Buffer.from([22, 3, 1, 0xff, 0xff])],
    ['a hello too large', Buffer.from([22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff])],
    ['a hello that ends before its lists', Buffer.from([22, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3])],
  ])('is no TLS: %s', (_what, bytes) => expect(readGreeting(bytes)).toEqual({ kind: 'not_tls' }));

  it('never throws, whatever is wrong in it', async () => {
    const bytes = await hello({ servername: 'api.example.com' });
    for (let at = 0; at < bytes.length; at += 1) {
      for (const value of [0, 1, 0x7f, 0xff]) {
        const broken = Buffer.from(bytes);
        broken[at] = value;
        expect(['incomplete', 'not_tls', 'client_hello']).toContain(readGreeting(broken).kind);
      }
    }
  });
});

describe('the answer for a name', () => {
  it('is good for a second, and each name has its own', async () => {
    let now = 0;
    const asked: string[] = [];
    const resolve = remembering(
      async (host) => [`${host} ${asked.push(host)}`],
      () => now,
    );
    expect(await resolve('a')).toEqual(['a 1']);
    expect(await resolve('b')).toEqual(['b 2']);
    now = 999;
    expect(await resolve('a')).toEqual(['a 1']);
    now = 1_000;
    expect(await resolve('a')).toEqual(['a 3']);
  });

  it('is not kept when there was none', async () => {
    let asked = 0;
    const resolve = remembering(
      async (host) => {
        asked += 1;
        if (asked === 1) throw new Error('a moment of weakness');
        return [host];
      },
      () => 0,
    );
    await expect(resolve('a')).rejects.toThrow();
    expect(await resolve('a')).toEqual(['a']);
  });
});

test('the machine’s own addresses are read anew each second', () => {
  let now = 0;
  const own = rememberingOwn(
    () => new Set([`read at ${now}`]),
    () => now,
  );
  const seen = [0, 999, 1_000, 1_999, 2_000].map((at) => {
    now = at;
    return [...own()];
  });
  const at = (moment: number) => `read at ${moment}`;
  expect(seen.flat()).toEqual([at(0), at(0), at(1_000), at(1_000), at(2_000)]);
});

test('the system tells the addresses of this machine', () => {
  expect(systemAddresses()).toContain('127.0.0.1');
});
