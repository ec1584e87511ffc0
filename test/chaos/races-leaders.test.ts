import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLiveness } from '../../src/orchestrator/agents/liveness.ts';
import { loadProfiles, type Profiles } from '../../src/orchestrator/agents/profiles.ts';
import { createReconciler } from '../../src/orchestrator/agents/reconcile.ts';
import { defaultRestartPolicy } from '../../src/orchestrator/agents/restart-policy.ts';
import type { Runtime } from '../../src/orchestrator/agents/runtime.ts';
import { createSpecBuilder } from '../../src/orchestrator/agents/spec.ts';
import { readConfig } from '../../src/orchestrator/config.ts';
import type { EventBatch } from '../../src/orchestrator/events/feed.ts';
import { createRelay } from '../../src/orchestrator/events/relay.ts';
import { type Actor, system } from '../../src/orchestrator/events/work.ts';
import { systemClock as clock } from '../../src/orchestrator/platform/clock.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import { createPostgres, type Postgres } from '../../src/orchestrator/platform/postgres.ts';
import { createProcessRuntime } from '../../src/orchestrator/platform/process-runtime.ts';
import type { Services } from '../../src/orchestrator/services.ts';
import { createSweep } from '../../src/orchestrator/sweep.ts';
import { createDatabase, type TestDatabase, testLimits } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { seeded } from '../support/seeded.ts';
import { standInEntry } from '../support/stand-in.ts';
import { servicesOn } from '../support/team-services.ts';

// A leader whose lock is taken from it works on until it notices. So whatever a leader does must bear a second one.

interface Replica {
  readonly postgres: Postgres;
  readonly services: Services;
}

const anna: Actor = { name: 'operator:anna', agentId: null };
let database: TestDatabase;
let profiles: Profiles;
let replicas: readonly [Replica, Replica];
const closing: (() => unknown)[] = [];

beforeEach(async () => {
  database = await createDatabase();
  profiles = await loadProfiles('profiles', () => undefined);
  replicas = [open(), open()];
  await replicas[0].services.agents.register((type) => type === 'cmo');
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  await database.drop();
});

function open(): Replica {
  const postgres = createPostgres(database.url, testLimits, () => undefined);
  closing.push(() => postgres.close());
  const common = { config: readConfig({}), postgres, clock, chance, profiles };
  return {
    postgres,
    services: servicesOn(common),
  };
}

const look = async <T extends object>(query: string): Promise<T[]> =>
  (await database.postgres.pool.query<T>(query)).rows;
const countsOf = async (eventType: string, subject: string): Promise<number[]> =>
  (
    await look<{ count: number }>(
      `select count(*)::int from events where event_type = '${eventType}' group by payload->>'${subject}'`,
    )
  ).map(({ count }) => count);
const onceEach = (count: number): number[] => Array.from({ length: count }, () => 1);

describe('two sweeps at once', () => {
  it('expire each deadline once and release each lease once', async () => {
    const [{ services }] = replicas;
    const task = { title: 'Print it', description: '', assignTo: 'cmo', priority: 'normal' as const };
    const proposal = { title: 'Buy a newspaper', description: '', onApprove: [{ kind: 'create_task' as const, task }] };
    for (let number = 0; number < 40; number += 1) {
      await services.decisions.proposeAs(anna, { ...proposal, tier: 'minor' });
      await services.decisions.proposeAs(anna, { ...proposal, tier: 'major' });
      await services.tasks.createAs(anna, task);
    }
    const sweeps = replicas.map((replica) =>
      createSweep({
        clock,
        everyMs: 1,
        work: [
          () => replica.services.decisions.sweepDeadlines(clock.now(), 500),
          () => replica.services.tasks.releaseExpired(500),
        ],
        onError: (error) => expect.fail(String(error)),
      }),
    );
    for (const sweep of sweeps) sweep.start();
    closing.push(() => Promise.all(sweeps.map((sweep) => sweep.stop())));
    // Due all at once, before the eyes of both.
    await look(`update tasks set status = 'in_progress', lease_until = now()`);
    await look(`update decisions set deadline_at = now()`);
    const left = `select 1 from decisions where status = 'pending' union all select 1 from tasks where status = 'in_progress'`;
    await eventually(async () => (await look(left)).length === 0 || undefined, { what: 'the end of all that was due' });
    await Promise.all(sweeps.map((sweep) => sweep.stop()));

    expect(await countsOf('decision_resolved', 'decisionId')).toEqual(onceEach(40));
    expect(await countsOf('escalation_created', 'decisionId')).toEqual(onceEach(40));
    expect(await countsOf('action_executed', 'decisionId')).toEqual(onceEach(40));
    expect(await countsOf('task_released', 'taskId')).toEqual(onceEach(40));
  });
});

describe('two relays at once, whose bus fails now and then and who are followed by others', () => {
  it('publish no gap: each batch holds all that lies behind the place it follows on', async () => {
    const random = seeded();
    const published: EventBatch[] = [];
    const opened = (replica: Replica) => {
      const relay = createRelay({
        clock,
        pollMs: 5,
        readCursor: replica.services.events.relayCursor,
        saveCursor: replica.services.events.saveRelayCursor,
        read: replica.services.events.readAfter,
        publish(batch) {
          if (random.fraction() < 0.3) throw new Error('the bus is away');
          published.push(batch);
        },
        onError: () => undefined,
      });
      relay.start();
      closing.push(() => relay.stop());
      return relay;
    };
    let [one, two] = [opened(replicas[0]), opened(replicas[1])];
    const writing = Promise.all(replicas.flatMap((replica) => [1, 2, 3, 4].map(() => write(replica, random.fraction))));
    for (let turn = 0; turn < 10; turn += 1) {
      await clock.sleep(30, new AbortController().signal);
      await one.stop();
      [one, two] = [two, opened(replicas[turn % 2 === 0 ? 0 : 1])];
    }
    await writing;
    const log = (await look<{ seq: string }>('select seq from events order by seq')).map(({ seq }) => Number(seq));
    await eventually(() => reachOf(published) === log.at(-1) || undefined, { what: 'the last event' });
    await Promise.all([one.stop(), two.stop()]);

    let reached = 0;
    for (const { previous, events } of published) {
      expect(previous, 'it begins where nothing is missing').toBeLessThanOrEqual(reached);
      const seqs = events.map(({ seq }) => seq);
      const last = seqs.at(-1) ?? 0;
      expect(seqs).toEqual(log.filter((seq) => seq > previous && seq <= last));
      reached = Math.max(reached, last);
    }
  });

  const reachOf = (published: readonly EventBatch[]) =>
    Math.max(0, ...published.map(({ events }) => events.at(-1)?.seq ?? 0));

  /** Commits late, in an order of its own, and now and then not at all. */
  async function write({ services }: Replica, fraction: () => number): Promise<void> {
    for (let number = 0; number < 40; number += 1) {
      const [delay, fails] = [fraction() / 50, fraction() < 0.1];
      const told = services.unitOfWork(async (work) => {
        work.append(system, 'alert_raised', { agentType: 'cmo', severity: 'info', message: String(number) });
        await work.tx.execute(`insert into messages (id, to_agent, from_actor, body, priority, data, created_at, wake_at)
          values ('msg_1', 'cmo', 'system', '', 'low', '{}', now(), now())`);
        await work.tx.execute(`select pg_sleep(${delay})`);
        if (fails) throw new Error('changed its mind');
      });
      await told.catch((error: unknown) => fails || expect.fail(String(error)));
    }
  }
});

describe('two reconcilers at once', () => {
  it('start no life twice, and leave one container, which is that of the life on record', {
    timeout: 60_000,
  }, async () => {
    const home = await mkdtemp(join(tmpdir(), 'boardroom-test-'));
    closing.push(() => rm(home, { recursive: true, force: true }));
    const runtime = createProcessRuntime({ entry: standInEntry, home, clock, onError: console.error });
    closing.push(async () => {
      for (const { containerId } of await runtime.list()) await runtime.remove(containerId);
    });
    const starts: string[] = [];
    const passes = replicas.map((replica) => reconcilerOf(replica, counting(runtime, starts)));

    for (let life = 1; life <= 5; life += 1) {
      const only = await eventually(
        async () => {
          await Promise.allSettled(passes.map((pass) => pass()));
          const [one, ...others] = await runtime.list();
          return one?.status === 'running' && others.length === 0 ? one : undefined;
        },
        { what: `life ${life}, alone`, withinMs: 20_000 },
      );
      const onRecord = await look('select id, container_id from agent_instances where ended_at is null');
      expect(onRecord).toEqual([{ id: only.instanceId, container_id: only.containerId }]);
      expect(new Set(starts).size, 'lives started').toBe(starts.length);
      await runtime.stop(only.containerId, 0);
    }
    const ended = await look('select 1 from agent_instances where ended_at is not null');
    expect(await countsOf('agent_exited', 'instanceId')).toEqual(onceEach(ended.length));
    expect(new Set(await countsOf('agent_started', 'instanceId'))).toEqual(new Set([1]));
  });

  const counting = (runtime: Runtime, starts: string[]): Runtime => ({
    ...runtime,
    start(spec, confirm) {
      starts.push(spec.instanceId);
      return runtime.start(spec, confirm);
    },
  });

  function reconcilerOf({ postgres, services }: Replica, runtime: Runtime): () => Promise<unknown> {
    const { reconcile } = createReconciler({
      ...services,
      postgres,
      clock,
      chance,
      runtime,
      profiles,
      specs: createSpecBuilder({
        runtime,
        gatewayPort: 1,
        egressPort: 2,
        secretOf: () => undefined,
        onAddress: () => undefined,
      }),
      liveness: createLiveness(clock.monotonic),
      restart: { ...defaultRestartPolicy, backoffMs: 1, failuresMax: 100 },
      silenceMsMax: 60_000,
      hearingMs: 2_000,
      stopGraceMs: 1_000,
      lookGate: pLimit(4),
      startGate: pLimit(4),
      onCorrection: () => undefined,
    });
    return () => reconcile('cmo', new Set(['resync']));
  }
});
