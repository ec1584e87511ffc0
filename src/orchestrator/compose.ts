import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import { AppError } from '../contracts/errors.ts';
import { loadProfiles, type Profiles } from './agents/profiles.ts';
import { createAgentHandlers } from './agents/routes.ts';
import { createSpecBuilder } from './agents/spec.ts';
import { stopTeam } from './agents/supervisor.ts';
import { createApi } from './api.ts';
import { type Config, ConfigError } from './config.ts';
import type { ContainerControl } from './container.ts';
import { type Database, openDatabase } from './database.ts';
import { createDecisionHandlers } from './decisions/routes.ts';
import { createEscalationHandlers } from './escalations/routes.ts';
import { createChanges } from './events/changes.ts';
import { createFeed, eventBatchSchema, type Feed } from './events/feed.ts';
import type { Envelope } from './events/frames.ts';
import { createNudge } from './events/nudge.ts';
import { createEventHandlers } from './events/routes.ts';
import { topics } from './events/topics.ts';
import { type Gateway, openGateway } from './gateway/gateway.ts';
import type { HealthParts } from './health.ts';
import { createAuthenticator } from './http/authenticate.ts';
import { createLimitStores } from './http/limit-store.ts';
import { createKeyLimiter } from './http/rate-limit.ts';
import { createSystemHandlers } from './http/system-routes.ts';
import { createKeyHandlers } from './keys/routes.ts';
import { beginTerm } from './leader-term.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import { createMetrics } from './metrics.ts';
import { type Bus, createLocalBus, createRedisBus } from './platform/bus.ts';
import { systemClock as clock } from './platform/clock.ts';
import { keepSecret } from './platform/home.ts';
import { systemChance as chance } from './platform/identity.ts';
import { createLeadership } from './platform/leader.ts';
import { createLog, type Logger } from './platform/log.ts';
import { createDatabaseProbe } from './platform/probe.ts';
import { teamIdOf } from './platform/team.ts';
import { type ChosenRuntime, chooseRuntime, createRuntimeMonitor } from './runtime-choice.ts';
import { createServices, type Services } from './services.ts';
import { createTaskHandlers } from './tasks/routes.ts';
import { createDashboardSockets } from './websocket.ts';

/** A running orchestrator. */
export interface Boardroom {
  readonly apiUrl: string;
  readonly home: string;
  readonly embeddedDatabase: boolean;
  readonly embeddedBus: boolean;
  readonly agentTypes: readonly string[];
  /** `isNew` when this start made it: the one time to show it. */
  readonly adminKey: { readonly secret: string; readonly isNew: boolean };
  /** Resolves once it is known what runs the agents; undefined when the process closed before. */
  readonly runtime: Promise<ChosenRuntime | undefined>;
  /** `stop_team` ends the agents too; `leave_team` lets those that can live on wait for our return. */
  close(team: 'stop_team' | 'leave_team'): ReturnType<Lifecycle['close']>;
}

interface Foundation {
  readonly config: Config;
  /** The folder with migrations/, Dockerfile and dist/. */
  readonly root: string;
  readonly version: string;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  readonly database: Database;
  readonly teamId: string;
  readonly bus: Bus;
  readonly profiles: Profiles;
}

const replica = `${hostname()}-${chance.secret().slice(0, 6)}`;
const leaderRetryMs = 1_000;
const probeTimeoutMs = 1_500;
const socketPingMs = 30_000;

/** Builds every part in order. What was opened is closed again when a later part fails to open. */
export async function compose(config: Config, root: string): Promise<Boardroom> {
  const lifecycle = createLifecycle();
  try {
    return await open(config, root, lifecycle);
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}

async function open(config: Config, root: string, lifecycle: Lifecycle): Promise<Boardroom> {
  const foundation = await openFoundation(config, root, lifecycle);
  const { log, database, bus, profiles, teamId, version } = foundation;
  const { postgres } = database;
  const metrics = createMetrics();
  const closing = new AbortController();
  lifecycle.onClose('background work', () => closing.abort());
  const monitor = createRuntimeMonitor({ clock, signal: closing.signal });

  let wakeRelay: (() => void) | undefined;
  const services = createServices({
    config,
    postgres,
    clock,
    chance,
    profiles,
    runtimeIsStale: () => monitor.state().status === 'unhealthy',
    onCommitted: createNudge({
      postgres,
      wakeOwnRelay: () => {
        wakeRelay?.();
        return wakeRelay !== undefined;
      },
      onError: (error) => log.debug({ err: error }, 'a hint was not sent'),
    }),
  });
  await services.agents.register(config.isWanted);
  const adminKey = await ensureAdminKey(foundation, services);
  const feed = await openFeed(foundation, services);
  const gateway = openGateway({ ...foundation, services, postgres, clock, feed, metrics });

  let chosen: ChosenRuntime | undefined;
  const runtime = chooseRuntime({
    config,
    docker: new Dockerode(),
    teamId,
    root,
    entry: join(root, 'dist/agents/agent.cjs'),
    clock,
    log,
    signal: closing.signal,
    onProgress: monitor.preparing,
  }).then((choice) => {
    chosen = choice;
    return choice && useRuntime(foundation, { choice, gateway, monitor });
  });

  let farewell: 'stop_team' | 'leave_team' = 'leave_team';
  lifecycle.onClose('team', async () => {
    if (!chosen || (farewell === 'leave_team' && chosen.runtime.kind !== 'process')) return;
    await stopTeam({ ...services, postgres, runtime: chosen.runtime, graceMs: config.stopGraceMs });
  });

  const leadership = createLeadership({
    connect: postgres.connect,
    clock,
    retryMs: leaderRetryMs,
    async beginTerm() {
      const term = beginTerm({ ...foundation, services, postgres, clock, chance, feed, metrics, runtime });
      wakeRelay = term.wakeRelay;
      const stop = async () => {
        wakeRelay = undefined;
        await term.stop();
      };
      return { onNotification: term.onNotification, stop };
    },
    onError: (error) => log.warn({ err: error }, 'leadership'),
  });
  leadership.start();
  lifecycle.onClose('leadership', () => leadership.stop());

  const probe = createDatabaseProbe({ connect: postgres.connect, clock, timeoutMs: probeTimeoutMs });
  lifecycle.onClose('database probe', () => probe.close());
  const health: HealthParts = {
    clock,
    startedAt: clock.monotonic(),
    replica,
    isLeader: leadership.isLeader,
    database: probe,
    bus,
    runtime: monitor,
    agents: services.agents,
  };
  const control: ContainerControl = {
    agents: services.agents,
    clock,
    change: createChanges(feed, clock),
    confirmMs: config.confirmMs,
    get runtime() {
      if (chosen) return chosen.runtime;
      throw new AppError('dependency_unavailable', `The runtime is not ready yet: ${monitor.state().detail}`);
    },
  };
  const apiUrl = await openApi(foundation, { services, gateway, metrics, health, control, feed, version });
  return {
    apiUrl,
    home: config.home,
    embeddedDatabase: database.embedded,
    embeddedBus: config.redisUrl === undefined,
    agentTypes: profiles.all().map(({ type }) => type),
    adminKey,
    runtime,
    async close(team) {
      farewell = team;
      return lifecycle.close();
    },
  };
}

async function openFoundation(config: Config, root: string, lifecycle: Lifecycle): Promise<Foundation> {
  const log = createLog({ ...config.log, home: config.home });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const onError = (error: unknown) => log.warn({ err: error }, 'database connection');
  const profiles = await loadProfiles(config.profiles, (error) =>
    log.error({ err: error }, 'a profile was not read'),
  ).catch((error: unknown) => {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  });
  const database = await openDatabase({
    config,
    clock,
    chance,
    lifecycle,
    migrations: join(root, 'migrations'),
    onError,
  });
  const teamId = await teamIdOf(database.postgres, chance, clock.now());
  const bus = openBus(config, teamId, log);
  lifecycle.onClose('bus', () => bus.close());
  return { config, root, version, lifecycle, log, database, teamId, bus, profiles };
}

function openBus(config: Config, teamId: string, log: Logger): Bus {
  if (config.redisUrl === undefined) return createLocalBus();
  return createRedisBus({
    url: config.redisUrl,
    prefix: `boardroom:${teamId}:`,
    clock,
    pingTimeoutMs: probeTimeoutMs,
    onError: (error) => log.warn({ err: error }, 'redis'),
  });
}

async function ensureAdminKey({ config }: Foundation, { keys }: Services): Promise<Boardroom['adminKey']> {
  const configured = config.adminKey === undefined ? undefined : { secret: config.adminKey, isNew: false };
  const adminKey = configured ?? (await keepSecret(config.home, 'admin-key', () => `brk_${chance.secret()}`));
  await keys.ensureAdminKey(adminKey.secret);
  return adminKey;
}

async function openFeed({ config, lifecycle, log, bus }: Foundation, { events }: Services): Promise<Feed> {
  const onError = (error: unknown) => log.warn({ err: error }, 'feed');
  const feed = createFeed({ clock, read: events.readAfter, catchUpMs: config.every.catchUpMs, onError });
  feed.start(await events.horizon());
  lifecycle.onClose('feed', () => feed.stop());
  bus.subscribe(topics.events, (message) => {
    const batch = eventBatchSchema.safeParse(JSON.parse(message));
    if (batch.success) feed.receive(batch.data);
    else onError(batch.error);
  });
  return feed;
}

interface RuntimeUse {
  readonly choice: ChosenRuntime;
  readonly gateway: Gateway;
  readonly monitor: ReturnType<typeof createRuntimeMonitor>;
}

/** The gateway listens wherever agents may call, on every replica; the specs tell agents where that is. */
function useRuntime({ config, profiles, log }: Foundation, { choice, gateway, monitor }: RuntimeUse) {
  const specs = createSpecBuilder({
    runtime: choice.runtime,
    gatewayPort: config.gatewayPort,
    artifact: choice.artifact,
    onAddress: gateway.listeners.listenOn,
  });
  const listenForAll = async () => {
    for (const { type } of profiles.all())
      gateway.listeners.listenOn((await choice.runtime.gatewayFor(type)).listenHost);
  };
  // On the leader each pass does this again; a failure here only delays the other replicas' listening.
  listenForAll().catch((error: unknown) => log.warn({ err: error }, 'the gateway does not listen everywhere yet'));
  void monitor.watch(choice.runtime);
  return { ...choice, specs };
}

interface ApiParts {
  readonly services: Services;
  readonly gateway: Gateway;
  readonly metrics: ReturnType<typeof createMetrics>;
  readonly health: HealthParts;
  readonly control: ContainerControl;
  readonly feed: Feed;
  readonly version: string;
}

async function openApi(foundation: Foundation, parts: ApiParts): Promise<string> {
  const { config, lifecycle, log, bus, database, teamId } = foundation;
  const { services, gateway, metrics, health, control, feed } = parts;
  const { origins } = config.api;
  const limits = createLimitStores({
    redisUrl: config.redisUrl,
    prefix: `boardroom:${teamId}:limit:`,
    clock,
    onError: (error) => log.debug({ err: error }, 'limits are counted in memory'),
  });
  lifecycle.onClose('limit stores', () => limits.close());
  const authenticator = createAuthenticator({
    keys: services.keys,
    clock,
    failures: limits.store('failed-auth'),
    failuresMax: config.limits.failedAuthPerMinute,
    onAgentToken: (token, where) => {
      gateway.identity
        .noteOperatorAttempt(token, where)
        .catch((error: unknown) => log.warn({ err: error }, 'not noted'));
    },
  });
  feed.onEvent(({ eventType }) => {
    if (eventType === 'key_revoked') authenticator.forget();
  });
  const app = createApi({
    handlers: {
      ...createSystemHandlers(health, metrics.registry, parts.version),
      ...createAgentHandlers({ ...services, control }),
      ...createEventHandlers(services.events),
      ...createDecisionHandlers(services.decisions),
      ...createEscalationHandlers(services.escalations, database.postgres),
      ...createTaskHandlers(services.tasks),
      ...createKeyHandlers(services.keys),
    },
    authenticator,
    limiter: createKeyLimiter(config.limits.requestsPerMinute, limits.store('requests')),
    origins,
    chance,
    metrics,
    log,
  });
  const server = createServer(app);
  const sockets = createDashboardSockets({
    server,
    authenticator,
    origins,
    feed,
    readAfter: services.events.readAfter,
    clock,
    replica,
    log,
    pingMs: socketPingMs,
    onCount: (open) => metrics.sockets.set({ kind: 'dashboard' }, open),
  });
  bus.subscribe(topics.workerLog, (message) => sockets.broadcast(JSON.parse(message) as Envelope));
  const url = await listen(server, config);
  lifecycle.onClose('API', async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    await Promise.race([closed, clock.sleep(drainMs, AbortSignal.timeout(drainMs))]);
    server.closeAllConnections();
  });
  lifecycle.onClose('dashboard sockets', () => sockets.close());
  return url;
}

/** Requests under way get this long to finish. */
const drainMs = 3_000;

async function listen(server: Server, { api }: Config): Promise<string> {
  server.listen(api.port, api.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(
      `ORCHESTRATOR_PORT: cannot listen on ${api.host}:${api.port} (${code}); choose another port or host`,
    );
  }
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : api.port;
  return `http://${api.host.includes(':') ? `[${api.host}]` : api.host}:${port}`;
}
