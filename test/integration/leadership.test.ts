import { once } from 'node:events';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { loadProfiles } from '../../src/orchestrator/agents/profiles.ts';
import type { ObservedContainer, Runtime } from '../../src/orchestrator/agents/runtime.ts';
import { createSpecBuilder } from '../../src/orchestrator/agents/spec.ts';
import { readConfig } from '../../src/orchestrator/config.ts';
import { createFeed } from '../../src/orchestrator/events/feed.ts';
import { beginTerm } from '../../src/orchestrator/leader-term.ts';
import { createMetrics } from '../../src/orchestrator/metrics.ts';
import { createLocalBus } from '../../src/orchestrator/platform/bus.ts';
import { type Clock, systemClock } from '../../src/orchestrator/platform/clock.ts';
import { systemChance } from '../../src/orchestrator/platform/identity.ts';
import { createLeadership, type Leadership } from '../../src/orchestrator/platform/leader.ts';
import { createPostgres } from '../../src/orchestrator/platform/postgres.ts';
import { createServices } from '../../src/orchestrator/services.ts';
import { adminKey, startBoardroom, type TestBoardroom } from '../support/boardroom.ts';
import { createDatabase, type TestDatabase, testLimits } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { startTcpProxy, type TcpProxy } from '../support/http-tcp-proxy.ts';

let database: TestDatabase;
/** Looks, and ends other sessions. */
let admin: pg.Client;
const closing: (() => unknown)[] = [];

beforeEach(async () => {
  database = await createDatabase();
  admin = new pg.Client(database.url);
  await admin.connect();
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  await admin.end();
  await database.drop();
});

/** The sessions that hold the leader's lock on this database. */
async function holders(): Promise<number[]> {
  const { rows } = await admin.query<{ pid: number }>(
    `select pid from pg_locks where locktype = 'advisory' and objid = 7261003 and granted
       and database = (select oid from pg_database where datname = current_database())`,
  );
  return rows.map(({ pid }) => pid);
}

/** Ends the session that leads, as a network or a server may; resolves when another one leads. */
async function endLeadersSession(): Promise<void> {
  const [before] = await holders();
  await admin.query('select pg_terminate_backend($1)', [before]);
  await eventually(async () => (await holders()).find((pid) => pid !== before), { what: 'another leader' });
}

async function start(environment: Record<string, string> = {}): Promise<TestBoardroom> {
  const replica = await startBoardroom({ DATABASE_URL: database.url, ...environment });
  closing.push(() => replica.dispose());
  return replica;
}

const leads = async (replica: TestBoardroom): Promise<boolean> =>
  (await replica.call('GET', '/health/full')).body.replica.leader;
const comesToLead = (replica: TestBoardroom) =>
  eventually(async () => (await leads(replica)) || undefined, { what: 'its leadership', withinMs: 5_000 });

/** The places of the events a dashboard at this replica is shown. */
async function watch(replica: TestBoardroom): Promise<number[]> {
  const socket = new WebSocket(`${replica.url.replace('http', 'ws')}/ws`, { headers: { 'x-api-key': adminKey } });
  closing.push(() => socket.terminate());
  const seqs: number[] = [];
  socket.on('message', (data) => {
    const { type, seq } = JSON.parse(String(data));
    if (type === 'event') seqs.push(seq);
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'subscribe', since: 0 }));
  return seqs;
}

async function write(replica: TestBoardroom, count: number): Promise<void> {
  const body = { title: 'Buy a newspaper', decisionType: 'minor' };
  const answers = Array.from({ length: count }, () => replica.call('POST', '/decisions', { body }));
  expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([201]));
}

describe('two orchestrators on one database', () => {
  it('have one leader between them, and the other one as soon as the first has closed', async () => {
    const first = await start();
    await comesToLead(first);
    const second = await start();
    await write(second, 5);
    expect([await leads(first), await leads(second), (await holders()).length]).toEqual([true, false, 1]);

    await first.close();
    await comesToLead(second);
    expect(await holders()).toHaveLength(1);
  });

  it('whose leaders lose their sessions have a leader again each time, and do nothing twice', async () => {
    const replicas = [await start(), await start()];
    const [one, two] = await Promise.all(replicas.map(watch));
    for (const replica of replicas) {
      await write(replica, 20);
      await endLeadersSession();
      await admin.query("update decisions set deadline_at = now() where status = 'pending'");
      await endLeadersSession();
      await write(replica, 20);
    }
    await admin.query("update decisions set deadline_at = now() where status = 'pending'");
    const resolved = `select payload->>'decisionId' as id from events where event_type = 'decision_resolved'`;
    await eventually(async () => (await admin.query(resolved)).rowCount === 80 || undefined, { what: 'all decided' });

    expect(new Set((await admin.query(resolved)).rows.map(({ id }) => id)).size).toBe(80);
    const { rows } = await admin.query<{ seq: string }>('select seq from events order by seq');
    const log = rows.map(({ seq }) => Number(seq));
    await eventually(() => (one?.at(-1) === log.at(-1) && two?.at(-1) === log.at(-1)) || undefined, {
      what: 'all shown',
    });
    expect([one, two]).toEqual([log, log]);
  });
});

describe('an orchestrator whose leading session is ended', () => {
  it('leads again, and leaves its agents their lives', async () => {
    const replica = await start({ BOARDROOM_AGENTS: 'cmo' });
    const cmo = async () => (await replica.call('GET', '/agents/cmo')).body;
    const { containerId } = await eventually(async () => ((await cmo()).connected ? cmo() : undefined), {
      what: 'the agent',
      withinMs: 20_000,
    });
    for (let time = 0; time < 3; time += 1) {
      await endLeadersSession();
      await comesToLead(replica);
    }
    // A wish that needs the reconciler: when it is done, the new leader has looked at the agent.
    await replica.call('POST', '/agents/cto/start');
    expect(await cmo()).toMatchObject({ containerId, status: 'running', recentExits: [] });
    const started = "select 1 from events where event_type = 'agent_started' and agent_type = 'cmo'";
    expect((await admin.query(started)).rowCount).toBe(1);
  });
});

/** Between a client and the server, with the address that leads through it. */
async function openWire(): Promise<TcpProxy & { readonly url: string }> {
  const url = new URL(database.url);
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  closing.push(() => proxy.close());
  url.port = String(proxy.port);
  return { ...proxy, url: url.href };
}

describe('a leader', () => {
  /** Twenty times as fast as the world: its minutes are seconds here. */
  const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 20, signal) };

  function stand(url: string, term: { begin?: () => void; end?: () => Promise<void> } = {}): Leadership {
    const postgres = createPostgres(url, testLimits, () => undefined);
    const leadership = createLeadership({
      connect: postgres.connect,
      clock: hasty,
      retryMs: 1_000,
      async beginTerm() {
        term.begin?.();
        return { onNotification: () => undefined, stop: async () => term.end?.() };
      },
      onError: () => undefined,
    });
    closing.push(() => leadership.stop().then(() => postgres.close()));
    leadership.start();
    return leadership;
  }
  const leading = (leadership: Leadership) =>
    eventually(() => leadership.isLeader() || undefined, { what: 'the leadership', withinMs: 5_000 });

  it('that steps down keeps its place until its last work is done', async () => {
    const order: string[] = [];
    let finish = () => {};
    const lastWork = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const former = stand(database.url, {
      end: async () => {
        order.push('asked to end');
        await lastWork;
        order.push('ended');
      },
    });
    await leading(former);
    const next = stand(database.url, { begin: () => order.push('next begins') });
    const stopping = former.stop();
    await eventually(() => order.length > 0 || undefined);
    expect([former.isLeader(), next.isLeader(), (await holders()).length]).toEqual([false, false, 1]);
    finish();
    await stopping;
    await leading(next);
    expect(order).toEqual(['asked to end', 'ended', 'next begins']);
  });

  it('whose term cannot begin tries again, and holds the lock for nothing meanwhile', async () => {
    let attempts = 0;
    const leadership = stand(database.url, {
      begin() {
        attempts += 1;
        if (attempts < 3) throw new Error('not yet');
      },
    });
    await leading(leadership);
    expect([attempts, (await holders()).length]).toEqual([3, 1]);
  });

  it('whose connection falls silent steps down, as the lock may be another’s by then', async () => {
    const wire = await openWire();
    const silent = stand(wire.url);
    await leading(silent);
    wire.hang();
    // Whatever waits on the silent connection must not keep this test from ending.
    closing.push(() => wire.cut());
    // Two minutes of its time.
    await eventually(() => !silent.isLeader() || undefined, { what: 'its stepping down', withinMs: 20_000 });
  });
});

describe('an absence of the database', () => {
  it('is no silence of the agents: none of them is ended for it', async () => {
    const time = fakeClock(Date.now());
    const wire = await openWire();
    const postgres = createPostgres(wire.url, { ...testLimits, connectTimeoutMs: 1_000 }, () => undefined);
    closing.push(() => postgres.close());
    const config = readConfig({ BOARDROOM_AGENTS: 'cmo' });
    const profiles = await loadProfiles('profiles', () => undefined);
    const common = { config, postgres, profiles, clock: time.clock, chance: systemChance };
    const services = createServices({ ...common, onCommitted: () => undefined, runtimeIsStale: () => false });
    await services.agents.register(config.isWanted);
    const { runtime, seen } = standInRuntime();
    const specs = createSpecBuilder({ runtime, gatewayPort: 1, artifact: 'x', onAddress: () => undefined });
    const term = beginTerm({
      ...common,
      services,
      feed: createFeed({ clock: time.clock, read: async () => [], catchUpMs: 1_000, onError: () => undefined }),
      bus: createLocalBus(),
      metrics: createMetrics(),
      log: pino({ level: 'silent' }),
      runtime: Promise.resolve({ runtime, artifact: 'x', warning: undefined, specs }),
    });
    closing.push(() => term.stop());
    const pass = async (what: string) => {
      const before = seen.looks;
      await eventually(
        async () => {
          await time.advance(500);
          return seen.looks > before || undefined;
        },
        { what },
      );
    };
    await eventually(() => seen.lives[0], { what: 'the start of the agent' });
    await pass('a look at the running agent');

    const { pool } = postgres;
    await eventually(() => pool.idleCount === pool.totalCount || undefined, { what: 'the end of what is under way' });
    await wire.cut();
    await time.advance(120_000);
    await wire.restore();
    await pass('a look after the return');
    await services.instances.countHeartbeats(seen.lives);
    await pass('another one');
    expect(seen.stopped).toEqual([]);
  });

  function standInRuntime() {
    const containers: ObservedContainer[] = [];
    const seen = { looks: 0, lives: [] as string[], stopped: [] as string[] };
    const runtime: Runtime = {
      kind: 'process',
      ping: async () => undefined,
      gatewayFor: async () => ({ listenHost: '127.0.0.1', reachableHost: '127.0.0.1' }),
      async start({ instanceId, agentType, specHash }) {
        seen.lives.push(instanceId);
        containers.push({ containerId: 'c1', instanceId, agentType, specHash, status: 'running', exit: undefined });
        return { containerId: 'c1' };
      },
      list: async () => containers,
      async inspect(agentType) {
        if (agentType === 'cmo') seen.looks += 1;
        return containers.filter((container) => container.agentType === agentType);
      },
      async stop(containerId) {
        seen.stopped.push(containerId);
      },
      remove: async () => undefined,
      logs: () => Promise.reject(new Error('no logs')),
      watch: async () => undefined,
    };
    return { runtime, seen };
  }
});
