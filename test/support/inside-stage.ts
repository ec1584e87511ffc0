import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, adminKey, type Call, call, quick } from './boardroom.ts';
import { createEmptyDatabase, teamIn } from './database.ts';
import { docker, removeTeam } from './docker.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { buildImage, startOrchestratorContainer } from './orchestrator-container.ts';
import { startOrchestrator } from './orchestrator-process.ts';
import { type OutsideWorld, openOutsideWorld } from './outside-world.ts';
import { type RedisServer, startRedis } from './redis.ts';

/** Where the orchestrator runs. */
export type Placement = 'host' | 'container';

/** The built orchestrator on a real Postgres and Redis, with three agents in containers; one of them turns hostile. */
export interface InsideStage {
  readonly placement: Placement;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Where it runs in one. */
  readonly orchestratorContainers: readonly string[];
  /** The operators' API as an agent would have to address it. */
  readonly apiPort: number;
  call(method: 'GET' | 'POST' | 'DELETE', path: string, options?: Call): Promise<Answer>;
  /** What lies beyond the egress proxy. */
  readonly world: OutsideWorld;
  /** The container of the agent, once it is connected. */
  containerOf(agentType: string): Promise<string>;
  dispose(): Promise<void>;
}

export const team = ['ceo', 'dao', 'cmo'] as const;
const withinMs = 150_000;
/** Beyond the proxy. */
const siteName = 'wiki.test';

/** Away from the defaults and from the other suites'. */
const subnets = '10.234.0.0/16';

interface Started {
  readonly world: OutsideWorld;
  readonly containers: readonly string[];
  readonly apiPort: number;
  readonly call: InsideStage['call'];
  end(): Promise<void>;
}

export async function openInsideStage(placement: Placement): Promise<InsideStage> {
  const redis: RedisServer = await startRedis();
  const database = await createEmptyDatabase();
  const { url: databaseUrl } = database;
  const start = placement === 'host' ? onHost : inContainer;
  const started = await start({ databaseUrl, redisUrl: redis.url });
  const stage = { placement, databaseUrl, redisUrl: redis.url, apiPort: started.apiPort, call: started.call };
  const { world, containers } = started;
  const containerOf = (agentType: string) => connected(started.call, agentType);
  return {
    ...stage,
    world,
    orchestratorContainers: containers,
    containerOf,
    async dispose() {
      const teamId = await teamIn(databaseUrl);
      await started.end();
      world.close();
      await removeTeam(teamId);
      await database.drop();
      await redis.stop();
    },
  };
}

const environment = { BOARDROOM_AGENTS: team.join(), AGENT_SUBNETS: subnets };

/** Told to listen on all interfaces, which is the worst that an operator can tell it. */
async function onHost({ databaseUrl, redisUrl }: { databaseUrl: string; redisUrl: string }): Promise<Started> {
  const world = await openOutsideWorld('127.0.0.1', siteName);
  const home = await mkdtemp(join(tmpdir(), 'boardroom-inside-'));
  const orchestrator = await startOrchestrator({
    ...quick,
    ...environment,
    EGRESS_DNS: world.nameServer,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    BOARDROOM_HOME: home,
    BOARDROOM_ADMIN_KEY: adminKey,
    AGENT_RUNTIME: 'docker',
    AGENT_IMAGE: await buildImage('agent'),
    GATEWAY_PORT: String(await freePort()),
    EGRESS_PORT: String(await freePort()),
    ORCHESTRATOR_HOST: '0.0.0.0',
  });
  const apiPort = Number(new URL(orchestrator.url).port);
  return {
    world,
    containers: [],
    apiPort,
    call: (method, path, options = {}) => call(`http://127.0.0.1:${apiPort}${path}`, method, options),
    async end() {
      await orchestrator.end('SIGTERM');
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function inContainer(urls: { databaseUrl: string; redisUrl: string }): Promise<Started> {
  const worlds: OutsideWorld[] = [];
  const orchestrator = await startOrchestratorContainer({
    ...urls,
    async environment(host) {
      const opened = await openOutsideWorld(host, siteName);
      worlds.push(opened);
      return { ...environment, EGRESS_DNS: opened.nameServer };
    },
  });
  const [world] = worlds;
  if (!world) throw new Error('the container was started without its environment');
  return {
    world,
    containers: [orchestrator.containerId],
    apiPort: 8080,
    call: orchestrator.call,
    end: async () => orchestrator.dispose(await teamIn(urls.databaseUrl)),
  };
}

const connected = (ask: InsideStage['call'], agentType: string) =>
  eventually(
    async () => {
      // Refused while the orchestrator starts.
      const { body } = await ask('GET', `/agents/${agentType}`).catch(() => ({ body: {} }));
      return body.connected === true && body.status === 'running' ? String(body.containerId) : undefined;
    },
    { withinMs, what: `a connected ${agentType}` },
  );

/**
 * Runs a function in the container, as a shell there could: with the agent's user, environment and network. The function
 * travels as text, so it may use nothing but its arguments and `process.getBuiltinModule`.
 */
export async function runInside<A extends readonly unknown[], R>(
  containerId: string,
  act: (...given: A) => R | Promise<R>,
  ...given: A
): Promise<Awaited<R>> {
  // The engine ends nothing that exec has started: whoever waits too long must see to it himself.
  const child = spawn('docker', ['exec', '-i', containerId, 'timeout', '-s', 'KILL', '60', 'node', '-']);
  let [said, complaint] = ['', ''];
  child.stdout.on('data', (chunk) => {
    said += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    complaint += String(chunk);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(
    `const __name = (named) => named;
     Promise.resolve((${act})(...${JSON.stringify(given)})).then((seen) => {
       process.stdout.write('\\n' + JSON.stringify({ seen: seen ?? null }) + '\\n', () => process.exit(0));
     });`,
  );
  const [code] = await once(child, 'close');
  const answer = said.split('\n').findLast((line) => line.startsWith('{"seen"'));
  if (answer === undefined) throw new Error(`ended with ${code} and no answer: ${said}${complaint}`);
  return JSON.parse(answer).seen as Awaited<R>;
}

/** What the operators see of refused attempts. */
export async function refusalsOf(stage: InsideStage, agentType: string): Promise<string[]> {
  const { body } = await stage.call('GET', `/agents/${agentType}/history?limit=200`);
  return body.history
    .filter(({ actionType }: { actionType: string }) => ['refused', 'violation'].includes(actionType))
    .map(({ summary }: { summary: string }) => summary);
}

export const recorded = (stage: InsideStage, agentType: string, what: RegExp) =>
  eventually(async () => (await refusalsOf(stage, agentType)).find((summary) => what.test(summary)), {
    withinMs: 15_000,
    what: `the record of ${what}`,
  });

export async function alertsAbout(stage: InsideStage, agentType: string): Promise<string[]> {
  const { body } = await stage.call('GET', '/events?type=alert_raised&limit=200');
  return body.events
    .filter(({ payload }: { payload: { agentType: string } }) => payload.agentType === agentType)
    .map(({ payload }: { payload: { message: string } }) => payload.message);
}

/** The address of a container in its agent's network. */
export async function addressOf(containerId: string): Promise<{ own: string; bridge: string }> {
  const { NetworkSettings } = await docker.getContainer(containerId).inspect();
  const [endpoint] = Object.values(NetworkSettings.Networks);
  const network = await docker.getNetwork(endpoint?.NetworkID ?? '').inspect();
  return { own: endpoint?.IPAddress ?? '', bridge: network.IPAM?.Config?.[0]?.Gateway ?? '' };
}
