import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createEmptyDatabase } from '../support/database.ts';
import { type EngineProxy, engineProxy } from '../support/engine-proxy.ts';
import { eventually } from '../support/eventually.ts';
import {
  agentsAtWork,
  agentsConnected,
  expectReadiness,
  type Outage,
  type OutageStage,
  openOutageStage,
  outageMs,
  outageTest,
} from '../support/outage-stage.ts';
import { describeSecondEngine, type SecondEngine, startSecondEngine } from '../support/second-engine.ts';

const image = 'boardroom-agent:test';
/** Until the state counts as stale: the runtime is asked for a sign of life every five seconds. */
const lookMs = 6_000;
const forMs = Math.max(outageMs, 2 * lookMs);

describeSecondEngine('the Docker engine is', () => {
  let engine: SecondEngine;
  let proxy: EngineProxy;
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let stage: OutageStage;
  beforeAll(async () => {
    await promisify(execFile)('docker', ['build', '--quiet', '--target', 'agent', '--tag', image, '.']);
    engine = await startSecondEngine();
    await engine.load(image);
  }, 600_000);
  afterAll(() => engine.dispose(), 120_000);

  beforeEach(async () => {
    proxy = await engineProxy(engine.host.replace('unix://', ''));
    database = await createEmptyDatabase();
    stage = await openOutageStage({
      DATABASE_URL: database.url,
      AGENT_RUNTIME: 'docker',
      AGENT_IMAGE: image,
      AGENT_SUBNETS: engine.subnets,
      DOCKER_HOST: `unix://${proxy.socketPath}`,
    });
  }, 180_000);
  afterEach(async () => {
    // As the next test expects it, whatever mode this one has left.
    await engine.stop('SIGTERM');
    await engine.start();
    for (const type of agentsAtWork) await stage.call('POST', `/agents/${type}/stop`);
    await stage.dispose();
    await proxy.close();
    await database.drop();
  });

  const agents = async (): Promise<{ status: string; stale: boolean }[]> =>
    (await stage.call('GET', '/agents')).body.agents;
  const ours = async () => (await agents()).filter(({ status }) => status !== 'stopped');

  /** Beyond the first look that failed: their last known state, and that it is old. */
  async function expectStale(): Promise<void> {
    await eventually(async () => (await agents()).every(({ stale }) => stale) || undefined, { what: 'a stale state' });
    const { body } = await stage.call('GET', '/health/full');
    expect(body).toMatchObject({ status: 'degraded', components: { runtime: { status: 'unhealthy' } } });
  }

  const fresh = () =>
    eventually(async () => (await agents()).every(({ stale }) => !stale) || undefined, {
      withinMs: 60_000,
      what: 'a fresh state',
    });

  /** Its absence is no trouble of the API's: /ready does not know of it, and nobody is refused anything. */
  function expectNobodyRefused(outage: Outage): void {
    expectReadiness(outage, { database: 'ok', redis: 'embedded' });
    expect(stage.load.answers.filter(({ problem }) => problem !== '')).toEqual([]);
  }

  it.each([
    ['killed -9', 'SIGKILL'],
    ['stopped', 'SIGTERM'],
  ] as const)(
    '%s, with live restore: agents are stale and running, work on, and are the same ones on return',
    async (_how, signal) => {
      await engine.stop('SIGTERM');
      await engine.start('live_restore');
      const before = await agentsConnected(stage.call);
      const ended = async () => (await stage.call('GET', '/events?type=agent_exited')).body.events.length;
      const endedBefore = await ended();
      const outage = await stage.outage({
        breaks: () => engine.stop(signal),
        meanwhile: async () => {
          await expectStale();
          for (const { status } of await ours()) expect(status).toBe('running');
          await stage.works();
        },
        mends: () => engine.start('live_restore'),
        forMs,
      });
      await fresh();
      expect(await agentsConnected(stage.call)).toEqual(before);
      expectNobodyRefused(outage);
      const log = await stage.audit();
      expect(log.filter(({ eventType }) => eventType === 'agent_exited')).toHaveLength(endedBefore);
    },
    outageTest.timeout + forMs,
  );

  // A stop takes the containers along; after kill -9 the next engine ends what the last one left.
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'ended by %s, and its containers with it: ends are recorded once, when they can be seen, and agents come back',
    async (signal) => {
      const before = await agentsConnected(stage.call);
      const outage = await stage.outage({
        breaks: () => engine.stop(signal),
        meanwhile: expectStale,
        mends: () => engine.start(),
        forMs,
      });
      await fresh();
      await eventually(
        async () => {
          const after = await agentsConnected(stage.call);
          return agentsAtWork.every((type) => after[type] !== before[type]) || undefined;
        },
        { withinMs: 60_000, what: 'new lives' },
      );
      expectNobodyRefused(outage);
      const log = await stage.audit();
      // An engine that is closing may still begin a life, which ends with it as well.
      const ends = log.filter(({ eventType }) => eventType === 'agent_exited').map(({ payload }) => payload);
      expect(new Set(ends.map(({ agentType }) => agentType))).toEqual(new Set(agentsAtWork));
      expect(new Set(ends.map(({ instanceId }) => instanceId)).size, 'each end is told once').toBe(ends.length);
      expect(log.filter(({ eventType }) => eventType === 'agent_failed')).toEqual([]);
    },
    outageTest.timeout + forMs,
  );

  it(
    'restarted again and again: nobody is given up for it',
    async () => {
      for (let time = 0; time < 2; time += 1) {
        await stage.outage({ breaks: () => engine.stop('SIGTERM'), mends: () => engine.start(), forMs: 0 });
        await agentsConnected(stage.call);
      }
      const log = await stage.audit();
      expect(log.filter(({ eventType }) => eventType === 'agent_failed')).toEqual([]);
    },
    outageTest.timeout + forMs,
  );

  it(
    'there, but its event stream is cut again and again: an end is seen all the same, and healed once',
    async () => {
      const before = await agentsConnected(stage.call);
      await stage.outage({
        breaks: () => undefined,
        meanwhile: async () => {
          for (let time = 0; time < 5; time += 1) {
            proxy.cut();
            await engine.docker.getContainer(before['cmo'] ?? '').inspect();
          }
          await engine.docker.getContainer(before['cmo'] ?? '').kill();
          proxy.cut();
          await eventually(
            async () => {
              const { body } = await stage.call('GET', '/agents/cmo');
              return body.connected && body.containerId !== before['cmo'] ? true : undefined;
            },
            { withinMs: 60_000, what: 'the next life' },
          );
        },
        mends: () => undefined,
        forMs: 0,
      });
      const log = await stage.audit();
      expect(log.filter(({ eventType }) => eventType === 'agent_exited')).toHaveLength(1);
      expect(
        log.filter(({ eventType, payload }) => eventType === 'agent_started' && payload['agentType'] === 'cmo'),
      ).toHaveLength(2);
    },
    outageTest.timeout,
  );
});
