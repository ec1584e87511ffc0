import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { type Answer, adminKey, type Call, call, quick } from './boardroom.ts';
import { docker, removeTeam } from './docker.ts';
import { forward } from './forward.ts';

const run = promisify(execFile);

/** As a user builds it; layers that are there already make it quick. Its id, since a tag may be moved by another run. */
export async function buildImage(target: 'agent' | 'orchestrator'): Promise<string> {
  const tag = `boardroom-${target}:test`;
  const build = ['build', '--quiet', '--target', target, '--tag', tag, '.'];
  const { stdout } = await run('docker', build, { timeout: 600_000 });
  return stdout.trim();
}

/** The built image in a container of its own, with the engine's socket, as docker-compose.yml starts it. */
export interface OrchestratorContainer {
  readonly containerId: string;
  call(method: 'GET' | 'POST', path: string, options?: Call): Promise<Answer>;
  /** Removes it, its network and what it made for the team. */
  dispose(teamId: string): Promise<void>;
}

interface Options {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** `host`: this machine's address, as the container sees it. */
  readonly environment: (host: string) => Promise<Record<string, string>>;
  /** Folders of this machine that it sees, as for `docker run --volume`. */
  readonly binds?: readonly string[];
}

export async function startOrchestratorContainer(options: Options): Promise<OrchestratorContainer> {
  const [Image, agentImage] = [await buildImage('orchestrator'), await buildImage('agent')];
  const networkName = `boardroom-test-${randomBytes(4).toString('hex')}`;
  const network = await docker.createNetwork({ Name: networkName });
  const gateway = (await network.inspect()).IPAM?.Config?.[0]?.Gateway ?? '';
  const [database, redis] = [await forward(gateway, options.databaseUrl), await forward(gateway, options.redisUrl)];
  const environment = {
    ...quick,
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    BOARDROOM_ADMIN_KEY: adminKey,
    AGENT_RUNTIME: 'docker',
    AGENT_IMAGE: agentImage,
    ...(await options.environment(gateway)),
  };
  const container = await docker.createContainer({
    Image,
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    ExposedPorts: { '8080/tcp': {} },
    HostConfig: {
      Binds: ['/var/run/docker.sock:/var/run/docker.sock', ...(options.binds ?? [])],
      NetworkMode: networkName,
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
    },
  });
  await container.start();

  return {
    containerId: container.id,
    async call(method, path, calling = {}) {
      // Asked each time: another start publishes another port.
      const { NetworkSettings } = await container.inspect();
      const port = NetworkSettings.Ports['8080/tcp']?.[0]?.HostPort;
      return call(`http://127.0.0.1:${port}${path}`, method, calling);
    },
    async dispose(teamId) {
      await container.remove({ force: true, v: true });
      if (teamId !== '') await removeTeam(teamId);
      for (const { server } of [database, redis]) server.close();
      await network.remove();
    },
  };
}
