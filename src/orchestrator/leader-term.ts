import pLimit from 'p-limit';
import { createLiveness } from './agents/liveness.ts';
import type { Profiles } from './agents/profiles.ts';
import { createReconciler } from './agents/reconcile.ts';
import { restartPolicyOf } from './agents/restart-policy.ts';
import type { SpecBuilder } from './agents/spec.ts';
import { createSupervisor, type Supervisor } from './agents/supervisor.ts';
import type { Config } from './config.ts';
import type { Feed } from './events/feed.ts';
import { fence } from './events/fence.ts';
import { createRelay, type Relay } from './events/relay.ts';
import { channels, topics } from './events/topics.ts';
import { createEmbeddingDuty } from './knowledge/embedding-duty.ts';
import type { Meaning } from './knowledge/meaning.ts';
import type { Metrics } from './metrics.ts';
import type { Duty } from './notifiers/duty.ts';
import type { Bus } from './platform/bus.ts';
import type { Clock } from './platform/clock.ts';
import type { Chance } from './platform/identity.ts';
import type { Term } from './platform/leader.ts';
import type { Logger } from './platform/log.ts';
import type { Postgres } from './platform/postgres.ts';
import type { ChosenRuntime } from './runtime-choice.ts';
import type { Services } from './services.ts';
import { createSweep } from './sweep.ts';
import { createLeaseSweep } from './tasks/lease-sweep.ts';

export interface TermDeps {
  readonly config: Config;
  readonly services: Services;
  readonly postgres: Postgres;
  readonly profiles: Profiles;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly feed: Feed;
  readonly bus: Bus;
  readonly metrics: Metrics;
  readonly meaning: Meaning;
  readonly log: Logger;
  /** Resolves when there is a runtime; undefined when the process closes before. */
  readonly runtime: Promise<(ChosenRuntime & { readonly specs: SpecBuilder }) | undefined>;
  /** What else runs on the leader alone, made anew for each term. */
  readonly duties: readonly (() => Duty)[];
  /** The term's place among all terms. */
  readonly number: number;
}

/** Three missed. */
export const heartbeatsMissedMax = 3;
const overdueAtOnce = 500;
/** Fewer than a pool has connections, those of starts that are under way included. */
const looksAtOnce = 4;

/** What of it hears of commits of this process without a NOTIFY. */
interface Wakes {
  wakeRelay(): void;
  wakeEmbedding(): void;
}

/** What the leader alone runs: relay, sweep and the watch over the team. */
export function beginTerm(deps: TermDeps): Term & Wakes {
  const { config, services, clock, metrics, log } = deps;
  const relay = openRelay(deps);
  const leases = createLeaseSweep({
    clock,
    graceMs: config.every.heartbeatMs * heartbeatsMissedMax,
    release: () => services.tasks.releaseExpired(overdueAtOnce),
  });
  const sweep = createSweep({
    clock,
    everyMs: config.every.sweepMs,
    work: [leases.sweep, services.budgets.sweep],
    onError(error) {
      log.warn({ err: error }, 'sweep');
      leases.forget();
    },
  });
  const embedding = createEmbeddingDuty({
    meaning: deps.meaning,
    clock,
    everyMs: config.every.sweepMs,
    onError: (error) => log.warn({ err: error }, 'documents wait to be embedded'),
  });
  const duties = [embedding, ...deps.duties.map((make) => make())];
  let supervisor: Supervisor | undefined;
  let over = false;
  const supervised = deps.runtime.then((chosen) => {
    if (!chosen || over) return;
    supervisor = openSupervisor(deps, chosen);
    supervisor.start();
  });
  relay.start();
  sweep.start();
  for (const duty of duties) duty.start();
  metrics.leader.set(1);

  return {
    wakeRelay: () => relay.wake(),
    wakeEmbedding: () => embedding.wake(),
    onNotification(channel, payload) {
      if (channel === channels.events) relay.wake();
      if (channel === channels.documents) embedding.wake();
      if (channel === channels.reconcile) supervisor?.wake(payload, 'operator');
    },
    async stop() {
      over = true;
      metrics.leader.set(0);
      // A runtime that is still being chosen is not waited for: it finds the term over.
      if (supervisor) await supervised;
      await Promise.all([supervisor, sweep, relay, ...duties].map((part) => part?.stop()));
    },
  };
}

function openRelay({ config, services, clock, feed, bus, log }: TermDeps): Relay {
  const { events } = services;
  return createRelay({
    clock,
    readCursor: events.relayCursor,
    saveCursor: events.saveRelayCursor,
    read: events.readAfter,
    publish(batch) {
      // Our own clients do not depend on Redis.
      feed.receive(batch);
      bus.publish(topics.events, JSON.stringify(batch));
    },
    pollMs: config.every.relayPollMs,
    onError: (error) => log.warn({ err: error }, 'relay'),
  });
}

function openSupervisor(deps: TermDeps, { runtime, specs }: ChosenRuntime & { specs: SpecBuilder }): Supervisor {
  const { config, services, postgres, profiles, clock, metrics, log } = deps;
  const liveness = createLiveness(clock.monotonic);
  const { reconcile } = createReconciler({
    ...deps,
    ...services,
    unitOfWork: fence(services.unitOfWork, deps.number),
    runtime,
    specs,
    liveness,
    restart: restartPolicyOf(config),
    silenceMsMax: config.every.heartbeatMs * heartbeatsMissedMax,
    hearingMs: 2 * config.every.heartbeatFlushMs,
    stopGraceMs: config.stopGraceMs,
    lookGate: pLimit(looksAtOnce),
    startGate: pLimit(config.startsAtOnce),
    onCorrection: (agent) => metrics.corrections.inc({ agent }),
  });
  return createSupervisor({
    postgres,
    clock,
    runtime,
    profiles,
    specs,
    reconcile,
    register: () => services.agents.register(config.isWanted),
    resyncMs: config.every.resyncMs,
    retryMs: config.restartBackoffMs,
    onError(agentType, error) {
      log.warn({ err: error, agentType }, 'a pass failed and will be repeated');
      // We were blind: what was not seen meanwhile is no silence of the agent's.
      liveness.forget(agentType);
    },
  });
}
