import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { guardedPost } from '../../src/orchestrator/notifiers/guarded-post.ts';
import { createSender } from '../../src/orchestrator/notifiers/send.ts';
import { systemClock } from '../../src/orchestrator/platform/clock.ts';
import { eventually } from '../support/eventually.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.stop());

const post = (url: string, { allowPrivate = true, timeoutMs = 2_000 } = {}) => ({
  url,
  headers: {},
  body: '{}',
  allowPrivate,
  signal: AbortSignal.timeout(timeoutMs),
});
const port = () => new URL(receiver.url).port;

it('goes to the very address that was looked at, and looks once', async () => {
  let looks = 0;
  const resolve = async () => {
    looks += 1;
    return looks === 1 ? ['127.0.0.1'] : ['192.0.2.1'];
  };
  await guardedPost(resolve, post(`http://board.example:${port()}/once`));
  expect(receiver.received.at(-1)).toMatchObject({ path: '/once', headers: { host: `board.example:${port()}` } });
  expect(looks).toBe(1);
});

it.each([
  ['a private address', ['10.0.0.1']],
  ['our own', ['127.0.0.1']],
  ['a private one among public ones', ['93.184.216.34', '127.0.0.1']],
  ['one in other clothes', ['::ffff:127.0.0.1']],
])('refuses a name that leads to %s', async (_what, addresses) => {
  const before = receiver.received.length;
  const refused = post(`http://board.example:${port()}/`, { allowPrivate: false });
  await expect(guardedPost(async () => addresses, refused)).rejects.toThrow('its address is private');
  expect(receiver.received).toHaveLength(before);
});

it('does not wait longer than it was told, for a name or for an answer', async () => {
  const silent = () => new Promise<never>(() => undefined);
  await expect(guardedPost(silent, post('http://board.example/', { timeoutMs: 50 }))).rejects.toThrow('too long');
  receiver.answer('hang');
  const hanging = post(`${receiver.url}/`, { timeoutMs: 200 });
  await expect(guardedPost(async () => ['127.0.0.1'], hanging)).rejects.toThrow('too long');
  receiver.answer(204);
});

const row = {
  id: 'ntf_1',
  channel: 'tidy',
  cause: 'test',
  kind: 'test',
  severity: 'normal',
  title: 'Hello',
  text: 'Hello?',
  subject: { type: 'channel', id: 'tidy', about: 'tidy' },
  status: 'pending',
  attempts: 1,
  lastError: null,
  triedSince: 0,
  nextAttemptAt: null,
  claimedUntil: null,
  createdAt: 0,
  sentAt: null,
} as const;

setFlagsFromString('--expose-gc');
const tidyUp: () => void = runInNewContext('gc');

it('nor when memory is tidied up while it waits', async () => {
  const send = createSender({ resolve: async () => ['127.0.0.1'], clock: systemClock, timeoutMs: 500 });
  receiver.answer('hang');
  const target = { kind: 'slack', url: `${receiver.url}/tidy` } as const;
  const closing = new AbortController();
  const sent = send({ target, allowPrivate: true, message: { row, link: undefined }, signal: closing.signal });
  await eventually(async () => receiver.received.some(({ path }) => path === '/tidy') || undefined);
  tidyUp();
  await expect(sent).rejects.toThrow('too long');
  receiver.answer(204);
});

it('does not read on in an answer that never ends', async () => {
  let sent = 0;
  const endless = createServer((request, response) => {
    request.resume();
    const chunk = Buffer.alloc(65_536);
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  endless.listen(0, '127.0.0.1');
  await once(endless, 'listening');
  const { port: endlessPort } = endless.address() as AddressInfo;
  await guardedPost(async () => ['127.0.0.1'], post(`http://127.0.0.1:${endlessPort}/`));
  expect(sent).toBeLessThan(16 * 1024 * 1024);
  endless.closeAllConnections();
  endless.close();
});

it('hears how long the receiver wants to be left alone', async () => {
  receiver.answer(429, { 'retry-after': '7' });
  const refused = guardedPost(async () => ['127.0.0.1'], post(`${receiver.url}/`));
  await expect(refused).rejects.toMatchObject({ message: 'the receiver answered 429', askedMs: 7_000 });
  receiver.answer(204);
});
