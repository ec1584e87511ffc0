import { afterAll, beforeAll, expect, it } from 'vitest';
import { labels } from '../../src/orchestrator/platform/docker-names.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { describeDocker, docker } from '../support/docker.ts';
import { eventually } from '../support/eventually.ts';
import { type OrchestratorContainer, startOrchestratorContainer } from '../support/orchestrator-container.ts';
import { describeRedis, type RedisServer, startRedis } from '../support/redis.ts';

const withinMs = 90_000;

describeDocker('the orchestrator image', () => {
  describeRedis('on a real Postgres and Redis, itself in a container', () => {
    let redis: RedisServer;
    let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
    let orchestrator: OrchestratorContainer;
    let teamId = '';

    beforeAll(async () => {
      redis = await startRedis();
      database = await createEmptyDatabase();
      orchestrator = await startOrchestratorContainer({
        databaseUrl: database.url,
        redisUrl: redis.url,
        environment: async () => ({ BOARDROOM_AGENTS: 'ceo,dao,cmo' }),
      });
    }, 600_000);

    afterAll(async () => {
      await orchestrator.dispose(teamId);
      await database.drop();
      await redis.stop();
    }, 120_000);

    const api = (method: 'GET' | 'POST', path: string, body?: unknown) => orchestrator.call(method, path, { body });
    const self = () => docker.getContainer(orchestrator.containerId);

    /** The agents' containers by type, once all are connected. */
    const team = () =>
      eventually(
        async () => {
          const found: Record<string, string> = {};
          for (const type of ['ceo', 'dao', 'cmo']) {
            // Refused while the orchestrator starts.
            const { body } = await api('GET', `/agents/${type}`).catch(() => ({ body: {} }));
            if (body.connected === true && body.status === 'running') found[type] = body.containerId;
          }
          return Object.keys(found).length === 3 ? found : undefined;
        },
        { withinMs, what: 'three connected agents' },
      );

    it('runs its agents in networks that it joins as their gateway, and they do the main job', async () => {
      const { cmo = '' } = await team();
      const inspected = await docker.getContainer(cmo).inspect();
      teamId = inspected.Config.Labels[labels.team] ?? '';
      expect(inspected.Config.Env.filter((entry) => entry.startsWith('BOARDROOM_URL='))).toEqual([
        'BOARDROOM_URL=http://gateway:8081',
      ]);
      expect((await api('GET', '/ready')).body).toEqual({ ready: true, checks: { database: 'ok', redis: 'ok' } });
      await api('POST', '/tasks', { title: 'Launch the newsletter', assignTo: 'cmo', priority: 'critical' });
      await eventually(
        async () => {
          const { tasks } = (await api('GET', '/tasks?status=completed')).body;
          return tasks.length === 1 ? true : undefined;
        },
        { withinMs, what: 'the completed task' },
      );
    });

    it('is healthy by its own health check', async () => {
      const status = () =>
        self()
          .inspect()
          .then(({ State }) => State.Health?.Status);
      await eventually(async () => ((await status()) === 'healthy' ? true : undefined), {
        withinMs,
        what: 'a healthy container',
      });
    });

    it('ends with 0 on docker stop, and takes its agents over when it is started again', async () => {
      const before = await team();
      await self().stop({ t: 20 });
      expect((await self().inspect()).State.ExitCode).toBe(0);
      await self().start();
      expect(await team()).toEqual(before);
    });
  });
});
