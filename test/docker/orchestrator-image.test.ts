import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { labels } from '../../src/orchestrator/platform/docker-names.ts';
import { adminKey, call, quick } from '../support/boardroom.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { describeDocker, docker, removeTeam } from '../support/docker.ts';
import { eventually } from '../support/eventually.ts';
import { describeRedis, type RedisServer, startRedis } from '../support/redis.ts';

const run = promisify(execFile);
const networkName = 'boardroom-test-image';
const withinMs = 90_000;

/** Makes a server of the loopback reachable at an address of a Docker network, and nowhere else. */
async function forward(host: string, url: string): Promise<{ url: string; server: Server }> {
  const target = new URL(url);
  const [port, hostname] = [Number(target.port), target.hostname];
  const server = createServer((client) => {
    const upstream = connect(port, hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('error', () => to.destroy());
      from.pipe(to);
    }
  });
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  target.hostname = host;
  target.port = String(typeof address === 'object' ? address?.port : '');
  return { url: target.href, server };
}

describeDocker('the orchestrator image', () => {
  describeRedis('on a real Postgres and Redis, itself in a container', () => {
    let redis: RedisServer;
    let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
    let servers: Server[] = [];
    let containerId = '';
    let teamId = '';

    beforeAll(async () => {
      for (const target of ['agent', 'orchestrator']) {
        const tag = `boardroom-${target}:test`;
        await run('docker', ['build', '--quiet', '--target', target, '--tag', tag, '.'], { timeout: 600_000 });
      }
      redis = await startRedis();
      database = await createEmptyDatabase();
      const network = await docker.createNetwork({ Name: networkName });
      const gateway = (await network.inspect()).IPAM?.Config?.[0]?.Gateway ?? '';
      const forwards = await Promise.all([forward(gateway, database.url), forward(gateway, redis.url)]);
      servers = forwards.map(({ server }) => server);
      const environment = {
        ...quick,
        DATABASE_URL: forwards[0].url,
        REDIS_URL: forwards[1].url,
        BOARDROOM_ADMIN_KEY: adminKey,
        BOARDROOM_AGENTS: 'ceo,dao,cmo',
        AGENT_RUNTIME: 'docker',
        AGENT_IMAGE: 'boardroom-agent:test',
      };
      const container = await docker.createContainer({
        Image: 'boardroom-orchestrator:test',
        Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
        ExposedPorts: { '8080/tcp': {} },
        HostConfig: {
          Binds: ['/var/run/docker.sock:/var/run/docker.sock'],
          NetworkMode: networkName,
          PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
        },
      });
      containerId = container.id;
      await container.start();
    }, 900_000);

    afterAll(async () => {
      await docker.getContainer(containerId).remove({ force: true, v: true });
      if (teamId !== '') await removeTeam(teamId);
      for (const server of servers) server.close();
      await docker.getNetwork(networkName).remove();
      await database.drop();
      await redis.stop();
    }, 120_000);

    async function api(method: 'GET' | 'POST', path: string, body?: unknown) {
      const { NetworkSettings } = await docker.getContainer(containerId).inspect();
      const port = NetworkSettings.Ports['8080/tcp']?.[0]?.HostPort;
      return call(`http://127.0.0.1:${port}${path}`, method, { body });
    }

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
        docker
          .getContainer(containerId)
          .inspect()
          .then(({ State }) => State.Health?.Status);
      await eventually(async () => ((await status()) === 'healthy' ? true : undefined), {
        withinMs,
        what: 'a healthy container',
      });
    });

    it('ends with 0 on docker stop, and takes its agents over when it is started again', async () => {
      const before = await team();
      await docker.getContainer(containerId).stop({ t: 20 });
      expect((await docker.getContainer(containerId).inspect()).State.ExitCode).toBe(0);
      await docker.getContainer(containerId).start();
      expect(await team()).toEqual(before);
    });
  });
});
