import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fence, TermIsOver } from '../../src/orchestrator/events/fence.ts';
import { type Clock, systemClock } from '../../src/orchestrator/platform/clock.ts';
import { createLeadership, type Leadership } from '../../src/orchestrator/platform/leader.ts';
import { createPostgres } from '../../src/orchestrator/platform/postgres.ts';
import { startBoardroom, type TestBoardroom } from '../support/boardroom.ts';
import { createDatabase, type TestDatabase, testLimits } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { openSocket, type SocketClient } from '../support/socket-client.ts';
import { openDatabaseWire, type WatchedTerm, type WatchOptions, watchTerm } from '../support/term-stage.ts';

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
  eventually(async () => (await leads(replica)) || undefined, { what: 'its leadership' });

/** The places in the log of the events this dashboard was shown. */
const shownTo = ({ frames }: SocketClient): number[] =>
  frames.flatMap(({ type, seq }) => (type === 'event' && seq !== undefined ? [seq] : []));

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
    const dashboards = await Promise.all(replicas.map(({ url }) => openSocket(url)));
    for (const dashboard of dashboards) closing.push(dashboard.close);
    const log = async () =>
      (await admin.query<{ seq: string }>('select seq from events order by seq')).rows.map(({ seq }) => Number(seq));
    const before = await log();
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
    const news = (await log()).slice(before.length);
    for (const dashboard of dashboards) {
      const last = news.at(-1) ?? 0;
      await eventually(() => shownTo(dashboard).includes(last) || undefined, { what: 'the last of the news' });
      // Jobs by the clock may have told more meanwhile.
      expect(shownTo(dashboard).filter((seq) => seq <= last)).toEqual(news);
    }
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

async function watchOver(options: WatchOptions): Promise<WatchedTerm> {
  const watched = await watchTerm(database.url, options);
  closing.push(() => watched.dispose());
  return watched;
}

describe('a leader', () => {
  /** Twenty times as fast as the world: its minutes are seconds here. */
  const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 20, signal) };

  function stand(url: string, term: { begin?: (number: number) => void; end?: () => Promise<void> } = {}): Leadership {
    const postgres = createPostgres(url, testLimits, () => undefined);
    const leadership = createLeadership({
      connect: postgres.connect,
      clock: hasty,
      retryMs: 1_000,
      async beginTerm(number) {
        term.begin?.(number);
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

  it('has a higher number than every leader before', async () => {
    const numbers: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const leadership = stand(database.url, { begin: (number) => numbers.push(number) });
      await leading(leadership);
      await leadership.stop();
    }
    expect(numbers).toEqual([1, 2, 3]);
  });

  it('whose connection falls silent steps down, as the lock may be another’s by then', async () => {
    const wire = await openDatabaseWire(database.url);
    closing.push(() => wire.close());
    const silent = stand(wire.url);
    await leading(silent);
    wire.hang();
    // Whatever waits on the silent connection must not keep this test from ending.
    closing.push(() => wire.cut());
    await eventually(() => !silent.isLeader() || undefined, { what: 'its stepping down', withinMs: 20_000 });
  });
});

describe('an agent', () => {
  it('is not ended for an absence of the database, in which nobody could note its heartbeats', async () => {
    const { time, wire, postgres, services, seen, look } = await watchOver({ wanted: 'cmo' });
    await eventually(() => postgres.pool.idleCount === postgres.pool.totalCount || undefined, {
      what: 'the end of what is under way',
    });
    await wire.cut();
    await time.advance(120_000);
    await wire.restore();
    await look('a look after the return');
    await services.instances.countHeartbeats(seen.lives);
    await look('another one');
    expect(seen.stopped).toEqual([]);
  });

  it('that is silent is ended within two minutes, though the passes over another agent keep failing', async () => {
    const { time, seen, passUntil } = await watchOver({ wanted: 'cmo,cto', broken: ['cto'] });
    const since = time.clock.monotonic();
    await passUntil(() => seen.stopped[0] ?? (time.clock.monotonic() - since > 120_000 || undefined), 'two minutes');
    expect(seen.stopped).toContain('c1');
  });
});

describe('a leader that was followed by another in the middle of a pass', () => {
  const follow = () => admin.query('update leader_terms set term = term + 1');
  const livesOf = async () =>
    (await admin.query('select started_at, stop_requested_at, ended_at from agent_instances')).rows;

  it('starts nothing and writes nothing, though it does not know yet', async () => {
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const { seen, passUntil } = await watchOver({ wanted: 'cmo', beforeStart: () => held });
    await passUntil(() => seen.prepared[0], 'a start that is under way');
    await follow();
    goOn();
    await passUntil(() => seen.refused[0], 'the refusal of the start');
    expect(seen.lives).toEqual([]);
    // The life is on record, unstarted: its end is for the new leader to write.
    expect(await livesOf()).toEqual([{ started_at: null, stop_requested_at: null, ended_at: null }]);
    expect((await admin.query("select 1 from events where event_type like 'agent_%'")).rowCount).toBeLessThanOrEqual(1);
  });

  it('ends no agent, and clears away no container that the new leader may have started', async () => {
    const { time, seen, look, show } = await watchOver({ wanted: 'cmo' });
    await look('a look at the running agent');
    await follow();
    // A life that is over by what this leader reads: one of its own term it would clear away.
    await admin.query(
      `insert into agent_instances (id, agent_type, spec_hash, token_hash, created_at, container_id, ended_at)
       values ('ins_other', 'cmo', 'x', 'x', now(), 'c2', now())`,
    );
    show({ agentType: 'cmo', instanceId: 'ins_other', containerId: 'c2' });
    await look('a look at what it does not know');
    await time.advance(300_000);
    await look('a look at an agent that has long been silent');
    expect([seen.stopped, seen.removed]).toEqual([[], []]);
  });

  it('is waited for by the new one, while it commits its last change', async () => {
    const { services, postgres } = await watchOver({ wanted: 'cmo' });
    const unitOfWork = fence(services.unitOfWork, 1);
    const order: string[] = [];
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const last = unitOfWork(async () => {
      order.push('the last change begins');
      await finished;
      order.push('the last change');
    });
    await eventually(() => order[0]);
    const next = follow().then(() => order.push('the next term'));
    const waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    await eventually(async () => (await postgres.pool.query(waiting)).rowCount || undefined, { what: 'the wait' });
    finish();
    await Promise.all([last, next]);
    expect(order).toEqual(['the last change begins', 'the last change', 'the next term']);
    await expect(unitOfWork(async () => undefined)).rejects.toBeInstanceOf(TermIsOver);
  });
});
