import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { processOf } from '../support/agent-token.ts';
import { startBoardroom, type TestBoardroom } from '../support/boardroom.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeLlm, startFakeLlm } from '../support/fake-llm.ts';
import { freePort } from '../support/free-port.ts';
import { describeRedis, type RedisServer, startRedis } from '../support/redis.ts';

interface Replica {
  readonly room: TestBoardroom;
  readonly egressPort: number;
}

/** The token is in our hands, in a process that no end of the agent ends: what we hold open is cut by the replicas or by nobody. */
describeRedis('with the token of an agent, at two replicas', () => {
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let redis: RedisServer;
  let provider: FakeLlm;
  let site: Server;
  let replicas: readonly [Replica, Replica];
  let token = '';
  let pid: number;
  const held = new Set<Socket>();

  beforeAll(async () => {
    [database, redis, provider] = await Promise.all([createEmptyDatabase(), startRedis(), startFakeLlm('openai')]);
    provider.otherwise(({ messages }) =>
      JSON.stringify(messages).includes(mark) ? { kind: 'hang' } : { kind: 'answer', text: 'nothing to do' },
    );
    site = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(site, 'listening');
    replicas = [await open(), await open()];
    const [{ room }] = replicas;
    const entry = { domain: 'localhost', category: 'internal' };
    expect((await room.call('POST', '/domains/whitelist', { body: entry })).status).toBe(201);
    await nextLife();
  }, 120_000);
  afterAll(async () => {
    // So that the one that stays does not bring back what the one that goes takes along.
    await replicas[0].room.call('POST', '/agents/stop-all');
    for (const { room } of replicas) await room.dispose();
    site.close();
    await provider.close();
    await redis.stop();
    await database.drop();
  });

  afterEach(() => {
    for (const socket of held) socket.destroy();
  });

  async function open(): Promise<Replica> {
    const egressPort = await freePort();
    const room = await startBoardroom({
      BOARDROOM_AGENTS: 'cmo',
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      EGRESS_PORT: String(egressPort),
      CUSTOM_LLM_BASE_URL: provider.url,
    });
    return { room, egressPort };
  }

  /** Until it has said hello, to whichever replica. */
  async function nextLife(): Promise<void> {
    const before = token;
    const found = await eventually(
      async () => {
        if (!(await replicas[0].room.call('GET', '/agents/cmo')).body.connected) return undefined;
        const life = await Promise.any(replicas.map(({ room }) => processOf(room, 'cmo'))).catch(() => undefined);
        return life?.token === before ? undefined : life;
      },
      { withinMs: 30_000, what: 'a connected CMO' },
    );
    ({ pid, token } = found);
  }

  /** A tunnel to the site, and the first line of the answer to it. */
  async function tunnel({ egressPort }: Replica): Promise<{ socket: Socket; answer: string }> {
    const socket = connect(egressPort, '127.0.0.1');
    held.add(socket);
    socket.on('error', () => undefined);
    const credentials = Buffer.from(`agent:${token}`).toString('base64');
    const place = `localhost:${(site.address() as AddressInfo).port}`;
    socket.write(`CONNECT ${place} HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic ${credentials}\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    // What an internal service is told is no business of ours; said, the tunnel stands.
    socket.write('hello');
    socket.resume();
    return { socket, answer: String(answer).split('\r\n')[0] ?? '' };
  }

  const think = ({ room }: Replica) =>
    fetch(`${room.gatewayUrl}/llm/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'custom/any', messages: [{ role: 'user', content: mark }] }),
    });

  const questions = () => provider.requests.filter(({ body }) => JSON.stringify(body).includes(mark)).length;

  it.each([
    ['pausing it at the first', 0, '/agents/cmo/pause'],
    ['stopping it at the second', 1, '/agents/cmo/stop'],
    ['stopping all at the second', 1, '/agents/stop-all'],
  ] as const)('%s cuts tunnels and running model calls at both, and lets nothing begin', async (_what, at, path) => {
    const [asked, left] = [questions(), provider.left];
    const tunnels = await Promise.all(replicas.map(tunnel));
    expect(tunnels.map(({ answer }) => answer)).toEqual(Array(2).fill('HTTP/1.1 200 Connection Established'));
    const answers = replicas.map((replica) => think(replica).then(({ status }) => status, String));
    await eventually(() => (questions() === asked + 2 ? true : undefined), { what: 'both questions at the provider' });

    expect((await replicas[at].room.call('POST', path)).status).toBe(200);
    const areCut = () => tunnels.every(({ socket }) => socket.closed) || undefined;
    await eventually(areCut, { what: 'the end of both tunnels' });
    expect(await Promise.all(answers)).not.toContain(200);
    await eventually(() => (provider.left === left + 2 ? true : undefined), { what: 'the end of both upstream' });

    for (const replica of replicas) {
      expect((await tunnel(replica)).answer).toMatch(/^HTTP\/1\.1 407/);
      expect((await think(replica)).status).toBe(401);
    }
    await replicas[at].room.call('POST', '/agents/cmo/start');
    await nextLife();
  });

  it('the token is dead before the agent is, which hears no signal', async () => {
    process.kill(pid, 'SIGSTOP');
    const paused = replicas[1].room.call('POST', '/agents/cmo/pause');
    const headers = { authorization: `Bearer ${token}` };
    const refusals = replicas.map(({ room }) =>
      eventually(
        async () => {
          const answer = await fetch(`${room.gatewayUrl}/mcp`, { method: 'POST', headers });
          return (await answer.text()).includes('is paused by') || undefined;
        },
        { what: 'the refusal' },
      ),
    );
    await Promise.all(refusals);
    expect((await paused).status).toBe(200);
  });
});

const mark = 'Said by whoever has the token';
