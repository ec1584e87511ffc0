import { pino } from 'pino';
import { loadProfiles } from '../../src/orchestrator/agents/profiles.ts';
import type { ObservedContainer, Runtime } from '../../src/orchestrator/agents/runtime.ts';
import { createSpecBuilder } from '../../src/orchestrator/agents/spec.ts';
import { readConfig } from '../../src/orchestrator/config.ts';
import { createFeed } from '../../src/orchestrator/events/feed.ts';
import { beginTerm } from '../../src/orchestrator/leader-term.ts';
import { createMetrics } from '../../src/orchestrator/metrics.ts';
import { createLocalBus } from '../../src/orchestrator/platform/bus.ts';
import { systemChance } from '../../src/orchestrator/platform/identity.ts';
import { createPostgres } from '../../src/orchestrator/platform/postgres.ts';
import { testLimits } from './database.ts';
import { eventually } from './eventually.ts';
import { fakeClock } from './fake-clock.ts';
import { startTcpProxy, type TcpProxy } from './http-tcp-proxy.ts';
import { openMeaning } from './meaning.ts';
import { servicesOn } from './team-services.ts';

/** Between a client and the server, with the address that leads through it. */
export async function openDatabaseWire(databaseUrl: string): Promise<TcpProxy & { readonly url: string }> {
  const url = new URL(databaseUrl);
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  return { ...proxy, url: url.href };
}

export interface WatchOptions {
  readonly wanted: string;
  /** Roles that cannot even be looked for. */
  readonly broken?: readonly string[];
  /** Between a container's preparation and the question whether it may run. */
  readonly beforeStart?: () => Promise<void>;
}

export type WatchedTerm = Awaited<ReturnType<typeof watchTerm>>;

/** The first term of a leader over a runtime that obeys, on a clock of its own. */
export async function watchTerm(databaseUrl: string, { wanted, broken = [], beforeStart }: WatchOptions) {
  const time = fakeClock(Date.now());
  const wire = await openDatabaseWire(databaseUrl);
  const postgres = createPostgres(wire.url, { ...testLimits, connectTimeoutMs: 1_000 }, () => undefined);
  await postgres.pool.query("insert into leader_terms values ('leader', 1)");
  const config = readConfig({ BOARDROOM_AGENTS: wanted });
  const profiles = await loadProfiles('profiles', () => undefined);
  const common = { config, postgres, profiles, clock: time.clock, chance: systemChance };
  const services = servicesOn(common);
  await services.agents.register(config.isWanted);
  const { runtime, seen, show } = standInRuntime(broken, beforeStart);
  const specs = createSpecBuilder({
    runtime,
    gatewayPort: 1,
    egressPort: 2,
    secretOf: () => undefined,
    onAddress: () => undefined,
  });
  const meaning = await openMeaning({ services, postgres, clock: time.clock });
  const term = beginTerm({
    ...common,
    duties: [],
    number: 1,
    services,
    meaning,
    feed: createFeed({ clock: time.clock, read: async () => [], catchUpMs: 1_000, onError: () => undefined }),
    bus: createLocalBus(),
    metrics: createMetrics(),
    log: pino({ level: 'silent' }),
    runtime: Promise.resolve({ runtime, warning: undefined, specs }),
  });
  async function dispose(): Promise<void> {
    await term.stop();
    await meaning.close();
    await postgres.close();
    await wire.close();
  }
  /** Lets time pass, half a second at a time, until there is something to see. */
  const passUntil = <T>(probe: () => T | undefined, what: string) =>
    eventually(() => time.advance(500).then(probe), { what, withinMs: 20_000 });
  const look = (what: string) => {
    const before = seen.looks;
    return passUntil(() => seen.looks > before || undefined, what);
  };
  if (!beforeStart) {
    await passUntil(() => seen.lives[0], 'the start of the agent');
    await look('a look at the running agent');
  }
  return { time, wire, postgres, services, seen, show, look, passUntil, dispose };
}

function standInRuntime(broken: readonly string[], beforeStart: WatchOptions['beforeStart']) {
  const containers: ObservedContainer[] = [];
  const seen = {
    /** At cmo. */
    looks: 0,
    prepared: [] as string[],
    refused: [] as string[],
    lives: [] as string[],
    stopped: [] as string[],
    removed: [] as string[],
  };
  const show = (container: Pick<ObservedContainer, 'agentType' | 'instanceId' | 'containerId'>) =>
    containers.push({ specHash: '', ...container, status: 'running', exit: undefined });
  const runtime: Runtime = {
    kind: 'process',
    ping: async () => undefined,
    artifact: async () => 'x',
    async gatewayFor(agentType) {
      if (broken.includes(agentType)) throw new Error('no network for this one');
      return { listenHost: '127.0.0.1', reachableHost: '127.0.0.1' };
    },
    async start({ instanceId, agentType, specHash }, confirm) {
      seen.prepared.push(instanceId);
      await beforeStart?.();
      await confirm?.().catch((error: unknown) => {
        seen.refused.push(instanceId);
        throw error;
      });
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
    async remove(containerId) {
      seen.removed.push(containerId);
    },
    logs: () => Promise.reject(new Error('no logs')),
    watch: async () => undefined,
  };
  return { runtime, seen, show };
}
