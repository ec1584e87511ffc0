import type { ToolCall } from '../../contracts/frame.ts';
import { excuseLoop } from '../agents/loops.ts';
import type { Profiles } from '../agents/profiles.ts';
import { createAccounts } from '../budgets/accounts.ts';
import type { Config } from '../config.ts';
import { createUsageCounter } from '../domains/usage-counter.ts';
import { openEgress } from '../egress/egress.ts';
import type { Feed } from '../events/feed.ts';
import { passingFrame } from '../events/frames.ts';
import { topics } from '../events/topics.ts';
import { expressMessages } from '../http/express-messages.ts';
import { createExclusively } from '../knowledge/exclusively.ts';
import { createMeaning, type Meaning } from '../knowledge/meaning.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { Metrics } from '../metrics.ts';
import { type Models, openModels } from '../models/models.ts';
import type { Bus } from '../platform/bus.ts';
import type { Clock } from '../platform/clock.ts';
import type { Chance } from '../platform/identity.ts';
import { iso } from '../platform/iso.ts';
import type { Logger } from '../platform/log.ts';
import type { Postgres } from '../platform/postgres.ts';
import { createSessionLocks } from '../platform/session-locks.ts';
import { masked, type SecretOf } from '../secrets/rules.ts';
import type { Services } from '../services.ts';
import { createSettingsReader } from '../settings/reader.ts';
import { createSettingsView } from '../settings/view.ts';
import { createAllowances } from './allowances.ts';
import { createDispatcher } from './dispatcher.ts';
import { boundConnections, createDoor, createToll } from './door.ts';
import { createHeartbeats } from './heartbeats.ts';
import { type AgentCaller, type AgentIdentity, createAgentIdentity } from './identity.ts';
import { type Attempt, createIncidents, type Incidents } from './incidents.ts';
import { gatewayLimits } from './limits.ts';
import { createMcpHandler } from './mcp.ts';
import { addressesOf, createNeighbours } from './neighbours.ts';
import { narrowed } from './permissions.ts';
import { createGatewayApp, createGatewayListeners, type Door, type GatewayListeners } from './server.ts';
import { createAgentSockets } from './socket.ts';
import { createToolCaller } from './tool-calls.ts';
import { createToolbox } from './toolbox.ts';

interface Deps {
  readonly config: Config;
  readonly services: Services;
  readonly postgres: Postgres;
  readonly profiles: Profiles;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly feed: Feed;
  readonly bus: Bus;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
  readonly version: string;
  readonly secretOf: SecretOf;
}

/** Any number that no other lock of ours uses. */
const vectorLocks = 7_261_006;
/** Counts that a crash may lose. */
const usageFlushMs = 5_000;

export interface Gateway {
  readonly listeners: GatewayListeners;
  readonly identity: AgentIdentity;
  readonly models: Models;
  readonly meaning: Meaning;
  /** Whether a connection to the operators' API comes from an agent's network; then it is noted. */
  isStray(address: string): boolean;
}

/** The agents' side of this replica: identity, sockets, tools, model endpoint, and the loops it starts. */
export async function openGateway(deps: Deps): Promise<Gateway> {
  const { config, services, postgres, profiles, clock, feed, bus, metrics, log, lifecycle } = deps;
  const { unitOfWork, lives, loops, instances, tasks } = services;
  const onError = (error: unknown) => log.warn({ err: error }, 'gateway');

  const tell = (caller: AgentCaller, payload: { toolCalls: ToolCall[]; lines?: string[] }) => {
    const { name: agentType, agentId } = caller.actor;
    const frame = {
      type: 'worker_log' as const,
      payload: { agentId: agentId ?? '', agentType, ...payload },
      at: iso(clock.now()),
    };
    bus.publish(topics.workerLog, JSON.stringify(passingFrame(frame)));
  };
  const mask = ({ profile }: AgentCaller, text: string) => masked(text, profile.secrets, deps.secretOf);
  const neighbours = createNeighbours();
  const isAgentAddress = addressesOf(config.agentSubnets);
  const { incidents, limits, allowances, onExcess } = openLimits(deps, onError);
  const note = (agentType: string, attempt: Attempt, summary: string) => {
    metrics.refusals.inc({ reason: attempt });
    incidents.refused(agentType, attempt, summary).catch(onError);
  };
  const settings = createSettingsView(await services.settings.stored(postgres.db));
  const closing = new AbortController();
  lifecycle.onClose('accounts of model calls', async () => closing.abort());
  const accounts = createAccounts({
    ...deps,
    ...services,
    allotments: (agentType) => services.budgets.allotmentsFor(agentType, settings.stored),
    readAllotments: services.budgets.readAllotments,
    onHeld: excuseLoop,
    onError,
    closing: closing.signal,
  });
  const identity = createAgentIdentity({
    instances,
    profiles,
    incidents,
    monotonic: clock.monotonic,
    permissionsOf: ({ type, permissions }) => narrowed(permissions, settings.stored('permissions', type)),
    onRefused: (reason) => metrics.refusals.inc({ reason }),
  });
  const heartbeats = createHeartbeats({
    postgres,
    instances,
    tasks,
    clock,
    flushMs: config.every.heartbeatFlushMs,
    onError,
  });
  const sockets = createAgentSockets({
    identity,
    allowances,
    neighbours,
    loops,
    instances,
    clock,
    log,
    heartbeatMs: config.every.heartbeatMs,
    onIdle: () => dispatcher.wake(),
    onBeat: heartbeats.beat,
    onLog: (caller, lines) => tell(caller, { toolCalls: [], lines: lines.map((line) => mask(caller, line)) }),
    mask,
    onCount: (open) => metrics.sockets.set({ kind: 'agent' }, open),
  });
  const dispatcher = createDispatcher({ loops, sockets, clock, everyMs: config.every.dispatchMs, onError });
  const usage = createUsageCounter({ clock, save: services.domainUsage.add, flushMs: usageFlushMs, onError });
  const egress = openEgress({
    ...deps,
    ...services,
    usage,
    entries: await services.domains.active(postgres.db),
    limits: config.egress,
    nameServers: config.egress.nameServers,
    identity,
    neighbours,
    secretOf: deps.secretOf,
    onError: (error) => log.debug({ err: error }, 'egress'),
  });
  const models = openModels({
    config: config.models,
    settings: createSettingsReader(settings.stored),
    accounts,
    monotonic: clock.monotonic,
    fraction: deps.chance.fraction,
    mayBeFetched: egress.mayBeFetched,
    onReach: ({ actor }, what) => note(actor.name, 'past_whitelist', `asked a model provider for ${what}`),
    onCalled: ({ actor }, provider, status) => metrics.modelCalls.inc({ agent: actor.name, provider, status }),
    onError,
  });
  lifecycle.onClose('calls of models', () => models.close());
  usage.start();
  lifecycle.onClose('counts of domains', () => usage.stop());
  const locks = createSessionLocks({ connect: postgres.connect, namespace: vectorLocks, onError });
  lifecycle.onClose('locks of vectors', () => locks.close());
  const meaning = createMeaning({
    ...deps,
    settings: createSettingsReader(settings.stored),
    stored: services.settings,
    embedTexts: models.embedTexts,
    exclusively: createExclusively({ locks, onError }),
    onError: (error) => log.warn({ err: error }, 'nothing is found by its meaning'),
  });
  const call = createToolCaller({
    toolbox: createToolbox(services),
    unitOfWork,
    lives,
    violations: services.violations,
    meaning,
    onCalled(caller, toolCall) {
      metrics.toolCalls.inc({ agent: caller.actor.name, tool: toolCall.tool, outcome: toolCall.outcome });
      tell(caller, { toolCalls: [toolCall] });
    },
  });
  lifecycle.onClose('agents’ connections to the outside', async () => egress.close());
  const app = createGatewayApp({
    identity,
    allowances,
    neighbours,
    mcp: createMcpHandler(call, deps.version),
    models,
    fetch: egress.fetch,
    log,
  });
  const messages = expressMessages(app);
  const doors: Door[] = [
    { name: 'gateway', port: config.gatewayPort, open: (bounds) => createDoor({ app, messages, sockets, ...bounds }) },
    {
      name: 'egress proxy',
      port: config.egress.port,
      open: (bounds) => boundConnections(egress.createServer(createToll(bounds)), bounds),
    },
  ];
  const listeners = createGatewayListeners({
    doors,
    neighbours,
    limits,
    onExcess,
    onStray: (agentType) => note(agentType, 'foreign_gateway', 'called at the gateway of another agent'),
    clock,
    log,
  });
  lifecycle.onClose('gateway listeners', async () => {
    sockets.close();
    await listeners.close();
  });

  /** Its token is dead: what was opened with it ends too. */
  const cutLife = (instanceId: string) => {
    identity.forget(instanceId);
    sockets.end(instanceId);
    egress.cutLife(instanceId);
    models.cutLife(instanceId);
  };
  feed.onEvent((event) => {
    egress.follow(event);
    settings.follow(event);
    const { eventType, payload } = event;
    if (eventType === 'agent_exited' || eventType === 'agent_paused') cutLife(String(payload['instanceId']));
    dispatcher.wake();
  });
  heartbeats.start();
  lifecycle.onClose('heartbeats', () => heartbeats.stop());
  dispatcher.start();
  lifecycle.onClose('dispatcher', () => dispatcher.stop());
  return {
    listeners,
    identity,
    models,
    meaning,
    isStray(address) {
      const agentType = neighbours.agentAt(address);
      if (agentType !== undefined) note(agentType, 'operator_api', "tried the operators' API from its own network");
      return agentType !== undefined || isAgentAddress(address);
    },
  };
}

/** What an agent may ask of this replica, and what is written down when it asks for more. */
function openLimits({ config, services, clock, metrics }: Deps, onError: (error: unknown) => void) {
  const { monotonic } = clock;
  const incidents = createIncidents({ ...services, monotonic, onError });
  const limits = gatewayLimits(config.limits.agentCallsPerSecond);
  const onExcess: Incidents['excess'] = (agentType, excess) => {
    metrics.refusals.inc({ reason: 'flood' });
    incidents.excess(agentType, excess);
  };
  const allowances = createAllowances({ limits, monotonic, onExcess });
  return { incidents, limits, allowances, onExcess };
}
