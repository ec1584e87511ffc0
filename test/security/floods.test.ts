import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { adminKey } from '../support/boardroom.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { createClient } from '../support/http-client.ts';
import { problemIn } from '../support/http-problem.ts';
import { openStage, type Stage } from '../support/http-stage.ts';
import { type OrchestratorProcess, startOrchestrator } from '../support/orchestrator-process.ts';
import { sendRaw } from '../support/wire.ts';

const sockets: Socket[] = [];
/** A raw connection; `closed` resolves when the server has ended it. */
function dial(url: string, options: { allowHalfOpen?: boolean } = {}) {
  const { hostname, port } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, ...options });
  sockets.push(socket);
  socket.on('error', () => undefined);
  let heard = '';
  socket.on('data', (chunk) => (heard += String(chunk)));
  return {
    socket,
    heard: () => heard,
    closed: new Promise((resolve) => socket.on('close', resolve)),
    connected: once(socket, 'connect'),
  };
}
/** The clients' ports of all connections that a server at this port has open, as Linux tells them. */
async function connectionsOf(port: number): Promise<number[]> {
  const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/));
  const portOf = (address = '') => Number.parseInt(address.split(':')[1] ?? '', 16);
  const established = '01';
  return lines.flatMap(([, local, remote, state]) =>
    portOf(local) === port && state === established ? [portOf(remote)] : [],
  );
}
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

describe('a client that is slow', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ REQUEST_TIMEOUT_MS: '800', CONNECTIONS_MAX: '1000' });
  });
  afterAll(() => stage.dispose());

  const key = () => `X-Api-Key: ${stage.keys.operator}\r\nHost: localhost\r\n`;

  it.each([
    ['with its headers, a byte at a time', () => 'GET /health HTTP/1.1\r\nHost: localhost\r\nX: ', 'x'],
    [
      'with its body',
      () => `POST /tasks HTTP/1.1\r\n${key()}Content-Type: application/json\r\nContent-Length: 9999\r\n\r\n`,
      ' ',
    ],
    [
      'with a body in pieces',
      () => `POST /tasks HTTP/1.1\r\n${key()}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
      '1\r\n \r\n',
    ],
    [
      'with a body that it may not send',
      () => 'POST /tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n',
      ' ',
    ],
  ])('%s is cut off in time', async (_what, begin, drop) => {
    const { socket, closed, heard } = dial(stage.url);
    socket.write(begin());
    const dripping = setInterval(() => socket.writable && socket.write(drop), 50);
    await closed;
    clearInterval(dripping);
    expect(heard()).toMatch(/^HTTP\/1\.1 (408|401)/);
  });

  it('by the hundred does not keep another from being answered, and all of them are cut off', async () => {
    const slow = Array.from({ length: 400 }, () => dial(stage.url));
    for (const { socket } of slow) socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n');
    await Promise.all(slow.map(({ connected }) => connected));
    await stage.ok('getHealth', { key: null });
    await Promise.all(slow.map(({ closed }) => closed));
    await stage.ok('listTasks');
  });

  it('to take its answers is cut off, when it has taken nothing for a while', async () => {
    const { socket } = dial(stage.url);
    await once(socket, 'connect');
    socket.pause();
    const asks = 'GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(500);
    socket.write(asks);
    const port = Number(new URL(stage.url).port);
    // Whatever is said or heard on this connection would keep it alive: the system is asked instead.
    const isHeld = async () => (await connectionsOf(port)).includes(socket.localPort ?? 0);
    expect(await isHeld()).toBe(true);
    await eventually(async () => ((await isHeld()) ? undefined : true), { withinMs: 20_000, what: 'its end' });
  });
});

describe('a body', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ REQUEST_TIMEOUT_MS: '2000' });
  });
  afterAll(() => stage.dispose());

  const begin = () =>
    `POST /tasks HTTP/1.1\r\nX-Api-Key: ${stage.keys.operator}\r\nHost: localhost\r\nContent-Type: application/json\r\n`;

  it('that is announced as too large is refused before it is sent', async () => {
    const { socket, heard } = dial(stage.url);
    socket.write(`${begin()}Content-Length: 99999999\r\n\r\n`);
    await eventually(() => (heard().includes('payload_too_large') ? true : undefined), { what: '413' });
  });

  it('in pieces without end is thrown away, and so is its sender', async () => {
    const { socket, heard, closed } = dial(stage.url);
    socket.write(`${begin()}Transfer-Encoding: chunked\r\n\r\n`);
    const sending = setInterval(() => socket.writable && socket.write(`1000\r\n${' '.repeat(4_096)}\r\n`), 1);
    await closed;
    clearInterval(sending);
    expect(heard()).toMatch(/^HTTP\/1\.1 (408|413)/);
  });
});

describe('more connections than there is room for', () => {
  const room = 12;
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ CONNECTIONS_MAX: String(room) });
  });
  afterAll(() => stage.dispose());

  it('are closed at once; those that are in go on, and who leaves makes room', async () => {
    const crowd = Array.from({ length: room * 3 }, () => dial(stage.url));
    let left = 0;
    for (const { closed } of crowd) void closed.then(() => (left += 1));
    // fetch() of the stage's making may hold a connection or two of its own.
    await eventually(() => (left >= room * 2 ? true : undefined), { what: 'the end of those without a place' });
    const stayed = crowd.filter(({ socket }) => !socket.destroyed);
    expect(stayed.length).toBeLessThanOrEqual(room);
    const [first] = stayed;
    first?.socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await eventually(() => (first?.heard().startsWith('HTTP/1.1 200') ? true : undefined), { what: 'an answer' });
    for (const { socket } of stayed) socket.destroy();
    const answer = await eventually(() =>
      sendRaw(stage.url, 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n').catch(() => undefined),
    );
    expect(answer.status).toBe(200);
  });
});

describe('two thousand idle sockets', () => {
  let program: OrchestratorProcess;
  let home: string;
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
  const idle: WebSocket[] = [];

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'boardroom-flood-'));
    database = await createEmptyDatabase();
    // As an operator starts it: with the bounds of the documentation.
    program = await startOrchestrator({
      DATABASE_URL: database.url,
      BOARDROOM_HOME: home,
      BOARDROOM_ADMIN_KEY: adminKey,
      BOARDROOM_AGENTS: 'none',
      AGENT_RUNTIME: 'process',
      GATEWAY_PORT: String(await freePort()),
      EGRESS_PORT: String(await freePort()),
      RATE_LIMIT_PER_MINUTE: '100000',
    });
  });
  afterAll(async () => {
    for (const socket of idle) socket.terminate();
    await program.end('SIGTERM');
    await database.drop();
    await rm(home, { recursive: true, force: true });
  });

  /** Opens so many with this key; how many are in. */
  async function crowd(key: string, size: number): Promise<number> {
    const statuses = await Promise.all(
      Array.from({ length: size }, () => {
        const socket = new WebSocket(`${program.url.replace('http', 'ws')}/ws`, { headers: { 'x-api-key': key } });
        idle.push(socket);
        return new Promise<number>((resolve) => {
          socket.on('open', () => resolve(101));
          socket.on('unexpected-response', (_request, response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          });
          socket.on('error', () => resolve(0));
        });
      }),
    );
    expect(statuses.filter((status) => ![101, 429, 503].includes(status))).toEqual([]);
    return statuses.filter((status) => status === 101).length;
  }

  const residentMb = async () => {
    const status = await readFile(`/proc/${program.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
  };

  it('are let in as far as there are places, cost little, and leave the rest as quick as it was', {
    timeout: 120_000,
  }, async () => {
    const client = createClient(program.url, adminKey);
    const before = await residentMb();
    const keys = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, index) => (await client.ok('createKey', { body: { name: `k${index}`, role: 'viewer' } })).secret,
      ),
    );
    let inside = await crowd(adminKey, 500);
    expect(inside).toBe(100);
    for (const key of keys) {
      inside += await crowd(key, 75);
      const since = performance.now();
      await client.ok('getHealth', { key: null });
      expect(performance.now() - since).toBeLessThan(5_000);
    }
    expect(inside).toBe(1_000);
    // Measured: some 20 kB each. Ten times as much would be a leak.
    expect((await residentMb()) - before).toBeLessThan(200);
    problemIn(
      await sendRaw(
        program.url,
        `GET /ws HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: ${adminKey}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      ),
    );
  });
});
