import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Dockerode from 'dockerode';
import pg from 'pg';
import { systemClock as clock } from '../../src/orchestrator/platform/clock.ts';
import { ensureImage } from '../../src/orchestrator/platform/docker-image.ts';
import { labels } from '../../src/orchestrator/platform/docker-names.ts';
import { eventually } from '../../test/support/eventually.ts';
import type { Bench } from '../row.ts';
import { type BenchOrchestrator, openOrchestrator } from './orchestrator.ts';
import { keepRunning } from './running.ts';

export const docker = new Dockerode();

/** Away from the default, so that a running team and this one do not take each other's addresses. */
const subnets = '10.234.0.0/16';

/** The agents' image of this working copy, under a name that changes with what goes into it. */
export async function agentImage(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['Dockerfile', 'package-lock.json', 'dist/agents/agent.cjs']) hash.update(await readFile(file));
  const image = `boardroom-bench-agent:${hash.digest('hex').slice(0, 12)}`;
  await ensureImage({ docker, image, contextDir: resolve('.'), target: 'agent', clock, onProgress: () => undefined });
  return image;
}

/** One life of an agent as the orchestrator's own record tells it, in milliseconds since 1970. */
export interface Life {
  readonly containerId: string;
  readonly createdAt: number;
  readonly connectedAt: number;
}

export interface DockerTeam {
  readonly orchestrator: BenchOrchestrator;
  /** Resolves once the agent lives a life that began after `since` and has said hello in it. */
  connected(agentType: string, since: number): Promise<Life>;
  /** When the end of this container was on record. */
  endedAt(containerId: string): Promise<number>;
  pidOf(containerId: string): Promise<number>;
  close(): Promise<void>;
}

/** A profile that nothing wakes by itself. */
const profileOf = (name: string) =>
  `---\nversion: 1\nname: ${name}\nloopInterval: 2592000\npermissions:\n  tools: [read_inbox]\n---\nWait.\n`;

/** The real orchestrator with real containers for agents of these types, none of which is started yet. */
export async function openDockerTeam(bench: Bench, agentTypes: readonly string[]): Promise<DockerTeam> {
  const image = await agentImage();
  const database = await bench.createDatabase();
  const profiles = await mkdtemp(join(tmpdir(), 'boardroom-bench-profiles-'));
  for (const type of agentTypes) await writeFile(join(profiles, `${type}.md`), profileOf(type));
  const orchestrator = await openOrchestrator(database.url, {
    AGENT_RUNTIME: 'docker',
    AGENT_IMAGE: image,
    AGENT_SUBNETS: subnets,
    BOARDROOM_PROFILES: profiles,
  });
  const client = new pg.Client(database.url);
  await client.connect();
  const millis = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;
  const find = async <T extends object>(text: string, values: unknown[]) =>
    (await client.query<T>(text, values)).rows[0];
  const team: DockerTeam = {
    orchestrator,
    connected: (agentType, since) =>
      eventually(
        () =>
          find<Life>(
            `select container_id as "containerId", ${millis('created_at')} as "createdAt",
              ${millis('connected_at')} as "connectedAt" from agent_instances
            where agent_type = $1 and ended_at is null and connected_at is not null and container_id is not null
              and ${millis('created_at')} >= $2`,
            [agentType, since],
          ),
        { withinMs: 60_000, what: `a hello of ${agentType}` },
      ),
    async endedAt(containerId) {
      const row = await eventually(
        () =>
          find<{ at: number }>(
            `select ${millis('ended_at')} as at from agent_instances where container_id = $1 and ended_at is not null`,
            [containerId],
          ),
        { withinMs: 60_000, what: 'the end on record' },
      );
      return row.at;
    },
    pidOf: async (containerId) => (await docker.getContainer(containerId).inspect()).State.Pid,
    close: keepRunning(async () => {
      await orchestrator.close();
      const row = await find<{ id: string }>('select id from team', []);
      if (row) await removeTeam(row.id);
      await client.end();
      await rm(profiles, { recursive: true });
      await database.drop();
    }),
  };
  // The runtime is chosen in the background.
  await eventually(
    async () =>
      (await orchestrator.call<{ components: { runtime: { status: string } } }>('GET', '/health/full')).components
        .runtime.status === 'healthy' || undefined,
    { withinMs: 60_000, what: 'a healthy runtime' },
  );
  return team;
}

async function removeTeam(teamId: string): Promise<void> {
  const filters = { label: [`${labels.team}=${teamId}`] };
  for (const { Id } of await docker.listContainers({ all: true, filters }))
    await docker.getContainer(Id).remove({ force: true, v: true });
  for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
  for (const { Name } of (await docker.listVolumes({ filters })).Volumes) await docker.getVolume(Name).remove();
}
