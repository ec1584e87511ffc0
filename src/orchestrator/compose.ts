import { join } from 'node:path';
import Dockerode from 'dockerode';
import { AppError } from '../contracts/errors.ts';
import { createSpecBuilder } from './agents/spec.ts';
import { stopTeam } from './agents/supervisor.ts';
import { openComparison, openNotices, openScheduler } from './background.ts';
import type { Config } from './config.ts';
import type { ContainerControl } from './container.ts';
import { createChanges } from './events/changes.ts';
import { createFeed, eventBatchSchema, type Feed } from './events/feed.ts';
import { createNudge } from './events/nudge.ts';
import { channels, topics } from './events/topics.ts';
import { type Foundation, openFoundation } from './foundation.ts';
import { type Gateway, openGateway } from './gateway/gateway.ts';
import type { HealthParts } from './health.ts';
import { dashboardLink } from './keys/routes.ts';
import { beginTerm } from './leader-term.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import { createMetrics } from './metrics.ts';
import { openApi } from './operators.ts';
import { systemClock as clock } from './platform/clock.ts';
import { keepSecret } from './platform/home.ts';
import { systemChance as chance } from './platform/identity.ts';
import { nameAllowedKeys } from './platform/issue-words.ts';
import { createLeadership } from './platform/leader.ts';
import { createDatabaseProbe } from './platform/probe.ts';
import { type ChosenRuntime, chooseRuntime, createRuntimeMonitor } from './runtime-choice.ts';
import { createSecretKeeper } from './secrets/keeper.ts';
import type { SecretOf } from './secrets/rules.ts';
import { createServices, type Services } from './services.ts';

/** A running orchestrator. */
export interface Boardroom {
  readonly apiUrl: string;
  readonly home: string;
  /** The folder of the embedded data; undefined with a DATABASE_URL. */
  readonly embeddedDatabase: string | undefined;
  readonly embeddedBus: boolean;
  readonly agentTypes: readonly string[];
  /** Of models, those that are set up. */
  readonly providers: readonly string[];
  /** Signs a browser in as the admin key, once. */
  readonly dashboardUrl: string;
  /** `made` by this start: the one time to show it. */
  readonly adminKey: { readonly secret: string; readonly origin: 'environment' | 'made' | 'kept' };
  /** Resolves once it is known what runs the agents; undefined when the process closed before. */
  readonly runtime: Promise<ChosenRuntime | undefined>;
  /** `stop_team` ends the agents too; `leave_team` lets those that can live on wait for our return. */
  close(team: 'stop_team' | 'leave_team'): ReturnType<Lifecycle['close']>;
}

const leaderRetryMs = 1_000;
const probeTimeoutMs = 1_500;

/** Builds every part in order. What was opened is closed again when a later part fails to open. */
export async function compose(config: Config, root: string): Promise<Boardroom> {
  nameAllowedKeys();
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
  const { log, database, profiles, teamId, bus, replica } = foundation;
  const { postgres } = database;
  const metrics = createMetrics();
  const closing = new AbortController();
  lifecycle.onClose('background work', () => closing.abort());
  const monitor = createRuntimeMonitor({ clock, log, signal: closing.signal });

  let term: ReturnType<typeof beginTerm> | undefined;
  const onLost = (error: unknown) => log.debug({ err: error }, 'a hint was not sent');
  const services = createServices({
    config,
    postgres,
    clock,
    chance,
    sealer: foundation.sealer,
    profiles,
    runtimeIsStale: () => monitor.state().status === 'unhealthy',
    onCommitted: createNudge({
      postgres,
      channel: channels.events,
      wakeOwn() {
        term?.wakeRelay();
        return term !== undefined;
      },
      onError: onLost,
    }),
    onDocuments: createNudge({
      postgres,
      channel: channels.documents,
      wakeOwn() {
        term?.wakeEmbedding();
        return term !== undefined;
      },
      onError: onLost,
    }),
  });
  await services.agents.register(config.isWanted);
  const adminKey = await ensureAdminKey(foundation, services);
  const feed = await openFeed(foundation, services);
  const notifiers = openNotices(foundation, services, feed);
  const secrets = await createSecretKeeper({
    environment: config.secrets,
    read: () => services.settings.secrets(postgres.db),
    onError: (error) => log.warn({ err: error }, 'secrets'),
  });
  feed.onEvent(secrets.follow);
  const gateway = await openGateway({ ...foundation, services, postgres, feed, metrics, secretOf: secrets.secretOf });
  const { meaning } = gateway;

  const docker = new Dockerode();
  let chosen: ChosenRuntime | undefined;
  const runtime = chooseRuntime({
    config,
    docker,
    teamId,
    root,
    entry: join(root, 'dist/agents/agent.cjs'),
    clock,
    log,
    signal: closing.signal,
    onProgress: monitor.preparing,
  }).then((choice) => {
    chosen = choice;
    return choice && useRuntime(foundation, { choice, gateway, monitor, secretOf: secrets.secretOf });
  });

  const benchmarks = await openComparison(foundation, { services, feed, docker, runtime, models: gateway.models });

  let farewell: 'stop_team' | 'leave_team' = 'leave_team';
  lifecycle.onClose('team', async () => {
    if (!chosen || (farewell === 'leave_team' && chosen.runtime.kind !== 'process')) return;
    await stopTeam({ ...services, postgres, runtime: chosen.runtime, graceMs: config.stopGraceMs });
  });

  const leadership = createLeadership({
    connect: postgres.connect,
    clock,
    retryMs: leaderRetryMs,
    async beginTerm(number) {
      const duties = [notifiers.createDuty, benchmarks.createDuty];
      const begun = beginTerm({ ...foundation, services, postgres, feed, metrics, meaning, runtime, duties, number });
      term = begun;
      const stop = async () => {
        term = undefined;
        await begun.stop();
      };
      return { onNotification: begun.onNotification, stop };
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
      throw new AppError(
        'dependency_unavailable',
        'It is not settled yet what runs the agents; /health/full tells more',
      );
    },
  };
  const scheduler = openScheduler(foundation, { services, notifiers, benchmarks, monitor, meaning });
  const apiUrl = await openApi(foundation, {
    services,
    notifiers,
    benchmarks,
    gateway,
    metrics,
    health,
    control,
    feed,
    scheduler,
    secrets,
  });
  return {
    apiUrl,
    home: config.home,
    embeddedDatabase: database.embeddedIn,
    embeddedBus: config.redisUrl === undefined,
    providers: Object.keys(config.models.providers),
    agentTypes: profiles.all().map(({ type }) => type),
    adminKey,
    dashboardUrl: apiUrl + (await linkOf(services, adminKey.secret)),
    runtime,
    async close(team) {
      farewell = team;
      return lifecycle.close();
    },
  };
}

async function ensureAdminKey({ config }: Foundation, { keys }: Services): Promise<Boardroom['adminKey']> {
  if (config.adminKey !== undefined) {
    await keys.ensureAdminKey(config.adminKey);
    return { secret: config.adminKey, origin: 'environment' };
  }
  const { secret, isNew } = await keepSecret(config.home, 'admin-key', () => `brk_${chance.secret()}`);
  await keys.ensureAdminKey(secret);
  return { secret, origin: isNew ? 'made' : 'kept' };
}

async function linkOf({ keys }: Services, secret: string): Promise<string> {
  const caller = await keys.authenticate(secret);
  if (!caller) throw new Error('The admin key was revoked while this replica started');
  return dashboardLink((await keys.createPass('link', caller)).secret);
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
  readonly secretOf: SecretOf;
}

/** The gateway listens wherever agents may call, on every replica; the specs tell agents where that is. */
function useRuntime({ config, profiles, log }: Foundation, { choice, gateway, monitor, secretOf }: RuntimeUse) {
  const specs = createSpecBuilder({
    runtime: choice.runtime,
    gatewayPort: config.gatewayPort,
    egressPort: config.egress.port,
    secretOf,
    onAddress: gateway.listeners.listenFor,
  });
  const listenForAll = async () => {
    for (const { type } of profiles.all()) gateway.listeners.listenFor(type, await choice.runtime.gatewayFor(type));
  };
  // On the leader each pass does this again; a failure here only delays the other replicas' listening.
  listenForAll().catch((error: unknown) => log.warn({ err: error }, 'the gateway does not listen everywhere yet'));
  void monitor.watch(choice.runtime);
  return { ...choice, specs };
}
