import { once } from 'node:events';
import type { Server } from 'node:http';
import { createAgentHandlers } from './agents/routes.ts';
import { createApi, queuesPath } from './api.ts';
import { openQueueBoard } from './background.ts';
import type { Benchmarks } from './benchmark/benchmarks.ts';
import { createBenchmarkHandlers } from './benchmark/routes.ts';
import { createBudgetHandlers } from './budgets/routes.ts';
import { type Config, ConfigError } from './config.ts';
import type { ContainerControl } from './container.ts';
import { createDecisionHandlers } from './decisions/routes.ts';
import { createDomainHandlers } from './domains/routes.ts';
import { createEscalationHandlers } from './escalations/routes.ts';
import type { Feed } from './events/feed.ts';
import type { Envelope } from './events/frames.ts';
import { createEventHandlers } from './events/routes.ts';
import { topics } from './events/topics.ts';
import { createFocusHandlers } from './focus/routes.ts';
import type { Foundation } from './foundation.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { HealthParts } from './health.ts';
import { createAuthenticator } from './http/authenticate.ts';
import { createBoundedServer } from './http/bounded-server.ts';
import { createBrowserGuard } from './http/browser-guard.ts';
import { dashboardFiles } from './http/dashboard-files.ts';
import { createDrain } from './http/drain.ts';
import { keepAgentsOut } from './http/keep-agents-out.ts';
import { createLimitStores } from './http/limit-store.ts';
import { createKeyLimiter } from './http/rate-limit.ts';
import { createSystemHandlers } from './http/system-routes.ts';
import { createJobHandlers } from './jobs/routes.ts';
import { createKeyHandlers } from './keys/routes.ts';
import { createKnowledgeHandlers } from './knowledge/routes.ts';
import type { Metrics } from './metrics.ts';
import { createAnswerHandlers } from './notifiers/answer-routes.ts';
import type { Notifiers } from './notifiers/notifiers.ts';
import { createNotificationHandlers } from './notifiers/routes.ts';
import type { Scheduler } from './scheduler.ts';
import type { SecretKeeper } from './secrets/keeper.ts';
import type { Services } from './services.ts';
import { createSettingHandlers } from './settings/routes.ts';
import { createTaskHandlers } from './tasks/routes.ts';
import { createDashboardSockets } from './websocket.ts';

interface ApiParts {
  readonly services: Services;
  readonly notifiers: Notifiers;
  readonly benchmarks: Benchmarks;
  readonly gateway: Gateway;
  readonly metrics: Metrics;
  readonly health: HealthParts;
  readonly control: ContainerControl;
  readonly feed: Feed;
  readonly scheduler: Scheduler;
  readonly secrets: SecretKeeper;
}

/** The operators' side of this replica: routes, limits, the dashboard's sockets; listening when this resolves. */
export async function openApi(foundation: Foundation, parts: ApiParts): Promise<string> {
  const { config, lifecycle, log, bus, database, teamId, clock, chance, replica } = foundation;
  const { services, notifiers, benchmarks, gateway, metrics, health, control, feed, scheduler, secrets } = parts;
  const { origins } = config.api;
  const guard = createBrowserGuard(config.api);
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
    queues: openQueueBoard(foundation, queuesPath),
    handlers: {
      ...createSystemHandlers(health, metrics.registry, foundation),
      ...createAgentHandlers({ ...services, control }),
      ...createEventHandlers(services.events),
      ...createDecisionHandlers(services.decisions),
      ...createEscalationHandlers(services.escalations, database.postgres),
      ...createTaskHandlers(services.tasks),
      ...createDomainHandlers(services.domains, services.domainUsage, feed.catchUp),
      ...createKnowledgeHandlers(services.knowledge, gateway.meaning),
      ...createBudgetHandlers(services.budgets),
      ...createSettingHandlers({ ...services, ...database, inEffect: () => feed.catchUp().then(secrets.settled) }),
      ...createFocusHandlers(services.focus),
      ...createNotificationHandlers(notifiers),
      ...createBenchmarkHandlers(benchmarks),
      ...createJobHandlers(services.jobs, scheduler.wake),
      ...createAnswerHandlers(notifiers.answers),
      ...createKeyHandlers(services.keys, authenticator),
    },
    authenticator,
    limiter: createKeyLimiter(config.limits.requestsPerMinute, { store: limits.store('requests'), clock }),
    origins,
    guard,
    dashboard: dashboardFiles(foundation.root),
    chance,
    metrics,
    log,
  });
  const bounded = createBoundedServer(app, config.limits);
  const { server } = bounded;
  const drain = createDrain(bounded, clock);
  keepAgentsOut(server, gateway.isStray);
  const sockets = createDashboardSockets({
    server,
    authenticator,
    guard,
    feed,
    readAfter: services.events.readAfter,
    clock,
    replica,
    log,
    pingMs: config.every.socketPingMs,
    socketsMax: config.limits.sockets,
    socketsPerKey: config.limits.socketsPerKey,
    onCount: (open) => metrics.sockets.set({ kind: 'dashboard' }, open),
  });
  bus.subscribe(topics.workerLog, (message) => sockets.broadcast(JSON.parse(message) as Envelope));
  const url = await listen(server, config);
  lifecycle.onClose('API', async () => {
    // Nobody hears any more what is still under way; what closes after us needs the connections it holds.
    if (!(await drain.close(drainMs))) database.postgres.cutOff();
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
