import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { eventually } from '../support/eventually.ts';
import { problemIn } from '../support/http-problem.ts';
import { knock } from '../support/http-socket.ts';
import { openStage, type Stage } from '../support/http-stage.ts';

let stage: Stage;
const open: { terminate(): unknown }[] = [];
const perKey = 3;
const inAll = 5;
beforeAll(async () => {
  stage = await openStage({
    SOCKETS_PER_KEY: String(perKey),
    SOCKETS_MAX: String(inAll),
    SOCKET_PING_MS: '200',
    RELAY_POLL_MS: '50',
  });
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.terminate();
  await eventually(async () => ((await count()) === 0 ? true : undefined), { what: 'the end of all sockets' });
});
afterAll(() => stage.dispose());

const count = async () =>
  Number(/boardroom_sockets\{kind="dashboard"\} (\d+)/.exec(await stage.ok('getMetrics'))?.[1] ?? 0);

/** A client that is in, and when and why it was sent out. */
async function enter(key: string, autoPong = true) {
  const socket = new WebSocket(`${stage.url.replace('http', 'ws')}/ws`, { headers: { 'x-api-key': key }, autoPong });
  open.push(socket);
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return { socket, closed, isOpen: () => socket.readyState === WebSocket.OPEN };
}

const statusAt = async (key: string) => (await knock(stage.url, '/ws', { 'x-api-key': key })).status;

/** Once the server has heard of everything before, it answers this. */
async function settled({ socket }: { socket: WebSocket }): Promise<void> {
  const pong = once(socket, 'pong');
  socket.ping();
  await pong;
}

describe('the number of sockets', () => {
  it('of one key is bounded: one more is refused with the time to come again, and takes no other key’s place', async () => {
    const { viewer, operator } = stage.keys;
    for (let index = 0; index < perKey; index += 1) await enter(viewer);
    const refused = problemIn(await knock(stage.url, '/ws', { 'x-api-key': viewer }));
    expect(refused).toMatchObject({ code: 'rate_limited', detail: expect.stringContaining('SOCKETS_PER_KEY') });
    await enter(operator);
  });

  it('of all keys is bounded', async () => {
    const { viewer, operator, admin } = stage.keys;
    for (const key of [viewer, viewer, operator, operator, admin]) await enter(key);
    const refused = problemIn(await knock(stage.url, '/ws', { 'x-api-key': admin }));
    expect(refused).toMatchObject({ code: 'dependency_unavailable', detail: expect.stringContaining('SOCKETS_MAX') });
    expect((await stage.ask('getHealth', { key: null })).status).toBe(200);
  });

  it('holds against a crowd that comes at once', async () => {
    const key = stage.keys.viewer;
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => enter(key)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(perKey);
    expect(await count()).toBe(perKey);
  });

  it('counts who is there: a place is free again when its client has left', async () => {
    const { viewer } = stage.keys;
    const [first] = [await enter(viewer), await enter(viewer), await enter(viewer)];
    expect(await statusAt(viewer)).toBe(429);
    first.socket.terminate();
    await eventually(async () => ((await statusAt(viewer)) === 101 ? true : undefined), { what: 'a free place' });
  });

  it('is not used up by handshakes that fail', async () => {
    const bad = { 'x-api-key': stage.keys.viewer, 'sec-websocket-key': 'short' };
    for (let index = 0; index < inAll + 1; index += 1) {
      expect(problemIn(await knock(stage.url, '/ws', bad)).code).toBe('invalid_request');
    }
    await enter(stage.keys.viewer);
  });
});

describe('a client', () => {
  it('that answers no ping is dropped, and one that does stays', async () => {
    const [silent, polite] = [await enter(stage.keys.viewer, false), await enter(stage.keys.viewer)];
    expect(await silent.closed).toBe(1006);
    await settled(polite);
    expect(polite.isOpen()).toBe(true);
  });

  it('that asks for pongs without end and reads none is dropped, so that they do not pile up here', async () => {
    const [greedy, polite] = [await enter(stage.keys.viewer), await enter(stage.keys.operator)];
    greedy.socket.pause();
    for (let index = 0; index < 5_000; index += 1) greedy.socket.ping(Buffer.alloc(125));
    await eventually(async () => ((await count()) === 1 ? true : undefined), { what: 'the end of the greedy client' });
    await settled(polite);
  });

  it.each([
    ['frames', (socket: WebSocket) => socket.send('{"type":"subscribe","since":0}')],
    ['pongs that nobody asked for', (socket: WebSocket) => socket.pong()],
  ])('that floods us with %s is dropped', async (_what, say) => {
    const loud = await enter(stage.keys.viewer);
    for (let index = 0; index < 1_000; index += 1) say(loud.socket);
    expect(await loud.closed).toBe(1006);
  });

  it('hears nothing more once its key is revoked', async () => {
    const { key, secret } = await stage.ok('createKey', { body: { name: 'to be revoked', role: 'viewer' } });
    const { closed } = await enter(secret);
    await stage.ok('revokeKey', { params: { id: key.id } });
    expect(await closed).toBe(1008);
  });

  it('hears nothing more once its key has expired', async () => {
    const expiresAt = new Date(Date.now() + 1_500).toISOString();
    const { secret } = await stage.ok('createKey', { body: { name: 'short', role: 'viewer', expiresAt } });
    const { closed } = await enter(secret);
    expect(await closed).toBe(1008);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
  });
});

describe('bytes that are no frame', () => {
  /** Upgraded by hand, so that anything can be said. */
  async function upgraded(): Promise<Socket> {
    const { hostname, port, host } = new URL(stage.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    open.push({ terminate: () => socket.destroy() });
    const headers = `Host: ${host}\r\nX-Api-Key: ${stage.keys.viewer}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
    const handshake = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
    socket.write(`GET /ws HTTP/1.1\r\n${headers}${handshake}\r\n`);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 101/);
    return socket;
  }
  const masked = (first: number, length: number[], payload: number[] = []) =>
    Buffer.from([first, (length[0] ?? 0) | 0x80, ...length.slice(1), 0, 0, 0, 0, ...payload]);

  /** What the server says last, and so why it closed. A client that was dropped for its silence is told nothing. */
  const codeIn = (heard: Buffer) => (heard.at(-4) === 0x88 ? heard.readUInt16BE(heard.length - 2) : undefined);

  it.each([
    ['a frame without a mask', 1002, Buffer.from([0x81, 0x02, 0x7b, 0x7d])],
    ['a reserved kind', 1002, masked(0x83, [1], [0x20])],
    ['reserved bits', 1002, masked(0xf1, [1], [0x20])],
    ['a compressed frame, which was not agreed', 1002, masked(0xc1, [1], [0x20])],
    ['a longer frame than there is memory', 1009, masked(0x82, [127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])],
    ['a frame of more than 16 kB, announced', 1009, masked(0x81, [126, 0x40, 0x01])],
    ['text that is not UTF-8', 1007, masked(0x81, [2], [0xc0, 0x80])],
    ['a ping in pieces', 1002, masked(0x09, [1], [0x20])],
    ['a long ping', 1002, masked(0x89, [126, 0x01, 0x00])],
    ['a continuation of nothing', 1002, masked(0x80, [1], [0x20])],
    ['a close with an invalid code', 1002, masked(0x88, [2], [0x03, 0xed])],
    ['HTTP', 1002, Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['noise', 1002, Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 97 + 13) % 256))],
  ])('close the connection they come on with the reason, and no other: %s, %i', async (_what, code, bytes) => {
    const polite = await enter(stage.keys.operator);
    const socket = await upgraded();
    const ended = new Promise((resolve) => socket.on('close', resolve));
    const heard: Buffer[] = [];
    socket.on('data', (part) => heard.push(part));
    socket.on('end', () => socket.end());
    socket.write(bytes);
    await ended;
    expect(codeIn(Buffer.concat(heard))).toBe(code);
    await settled(polite);
  });

  it('are not waited for: a refused client that keeps its end open is cut off all the same', async () => {
    const { hostname, port, host } = new URL(stage.url);
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    open.push({ terminate: () => socket.destroy() });
    const broken = new Promise((resolve) => socket.on('error', resolve));
    socket.write(`GET /ws HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 401/);
    // Writing to a peer that has closed both halves fails; to one that only said goodbye it does not.
    const knocking = setInterval(() => socket.write('x'), 20);
    await broken;
    clearInterval(knocking);
  });
});
