import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEmptyDatabase, teamIn } from '../support/database.ts';
import { describeDocker, docker } from '../support/docker.ts';
import { eventually } from '../support/eventually.ts';
import { type OrchestratorContainer, startOrchestratorContainer } from '../support/orchestrator-container.ts';
import { buildOwnImage } from '../support/own-image.ts';
import { describeRedis, type RedisServer, startRedis } from '../support/redis.ts';
import { describeRegistry, type Registry, startRegistry } from '../support/registry.ts';

const withinMs = 60_000;

const describeStage = (name: string, suite: () => void) =>
  describeDocker(name, () => describeRedis('on a real Redis', () => describeRegistry('and a real registry', suite)));

describeStage('an image that a profile names, with the orchestrator in a container', () => {
  let redis: RedisServer;
  let registry: Registry;
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let orchestrator: OrchestratorContainer;
  let profiles: string;

  beforeAll(async () => {
    redis = await startRedis();
    registry = await startRegistry();
    database = await createEmptyDatabase();
    profiles = await mkdtemp(join(tmpdir(), 'boardroom-profiles-'));
    const own = await buildOwnImage('RUN echo pulled > /opt/origin');
    await writeProfile(await registry.push(own, 'us/member:1'));
    // So that its last layer has to travel.
    await docker.getImage(own).remove();
    orchestrator = await startOrchestratorContainer({
      databaseUrl: database.url,
      redisUrl: redis.url,
      environment: async () => ({
        BOARDROOM_AGENTS: 'ceo',
        AGENT_SUBNETS: '10.238.0.0/16',
        RESTART_BACKOFF_MS: '2000',
      }),
      binds: [`${profiles}:/app/profiles:ro`],
    });
  }, 600_000);
  afterAll(async () => {
    await orchestrator.dispose(await teamIn(database.url));
    for (const name of ['us/member:1', 'us/member:2'])
      await docker
        .getImage(registry.nameOf(name))
        .remove({ force: true })
        .catch(() => 'was not pulled');
    await database.drop();
    await registry.close();
    await redis.stop();
    await rm(profiles, { recursive: true });
  }, 120_000);

  async function writeProfile(image: string): Promise<void> {
    const profile = await readFile('profiles/ceo.md', 'utf8');
    const lines = `seat: board\nimage: ${image}\ncommand: [node, /opt/member.mjs]`;
    await writeFile(join(profiles, 'ceo.md'), profile.replace('seat: board', lines));
  }
  const ask = async (path: string) => (await orchestrator.call('GET', path)).body;
  /** The container of the CEO once it is connected and made of this image. */
  const connectedFrom = (image: string) =>
    eventually(
      async () => {
        // Refused while the orchestrator starts.
        const { connected, containerId } = await ask('/agents/ceo').catch(() => ({}));
        if (connected !== true) return undefined;
        const inspected = await docker.getContainer(containerId).inspect();
        return inspected.Config.Image === image ? inspected : undefined;
      },
      { withinMs, what: `a CEO from ${image}` },
    );

  it('is pulled when it is missing, and its agent does its work in the network that the orchestrator has joined', async () => {
    const { Config } = await connectedFrom(registry.nameOf('us/member:1'));
    expect(Config.Env).toContain('BOARDROOM_URL=http://gateway:8081');
    const body = { title: 'Greet all', assignTo: 'ceo', priority: 'critical' };
    const { task } = (await orchestrator.call('POST', '/tasks', { body })).body;
    const done = await eventually(
      async () => {
        const { status, result } = await ask(`/tasks/${task.id}`);
        return status === 'completed' ? result : undefined;
      },
      { withinMs, what: 'the completed task' },
    );
    expect(done).toBe('Did "Greet all".');
  });

  it('that cannot be pulled is said so, tried again after longer and longer waits, and taken once it is there', async () => {
    const image = registry.nameOf('us/member:2');
    await writeProfile(image);
    const failures = async () => {
      const { history } = await ask('/agents/ceo/history?limit=200');
      return history.filter(
        ({ actionType, summary }: { actionType: string; summary: string }) =>
          actionType === 'exited' &&
          summary.includes(`could not be started: The image ${image} is not here and cannot be pulled`),
      );
    };
    const told = await eventually(async () => ((await failures()).length >= 3 ? failures() : undefined), {
      withinMs,
      what: 'three failures',
    });
    const [third, second, first] = told.slice(-3).map(({ createdAt }: { createdAt: string }) => Date.parse(createdAt));
    expect(third - second).toBeGreaterThan(second - first);
    const { events } = await ask('/events?type=agent_status&limit=200');
    const statuses = events.map(
      ({ payload }: { payload: { status: string; because: string } }) => `${payload.status}: ${payload.because}`,
    );
    expect(statuses).toContain('backing_off: attempt 2 of 4');

    await registry.push(registry.nameOf('us/member:1'), 'us/member:2');
    await connectedFrom(image);
    expect((await failures()).length).toBeLessThan(5);
  });
});
