import type { AgentStatus } from '../../contracts/agent.ts';
import type { EscalationService } from '../escalations/service.ts';
import { readEvents } from '../events/store.ts';
import type { Actor, UnitOfWork, Work } from '../events/work.ts';
import type { Clock } from '../platform/clock.ts';
import type { Chance } from '../platform/identity.ts';
import { iso } from '../platform/iso.ts';
import type { Postgres, Queryable } from '../platform/postgres.ts';
import type { SettingsService } from '../settings/service.ts';
import { findAgentOrThrow, noSuchAgent } from './find.ts';
import { callsOf, listLoops } from './loop-store.ts';
import { createPauses, hint } from './pauses.ts';
import { presentAgent, presentExit, presentLoop, presentProfile } from './present.ts';
import type { Profiles } from './profiles.ts';
import { type RestartPolicy, restartPlanOf } from './restart-policy.ts';
import {
  type AgentRow,
  deedsBetween,
  findLiveInstance,
  findRunningLoop,
  firstDeedAt,
  insertAgentsIfNew,
  listAgents,
  listHistory,
  listLiveInstances,
  lockAgent,
  recentExits,
  recentFailures,
  runningLoops,
  silentAgents,
  updateAgent,
} from './store.ts';

export type AgentService = ReturnType<typeof createAgentService>;

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly settings: SettingsService;
  readonly escalations: EscalationService;
  readonly profiles: Profiles;
  readonly restart: RestartPolicy;
  /** True while the runtime does not answer: what is shown is the last known state. */
  readonly runtimeIsStale: () => boolean;
}

const exitsShown = 20;
/** Of one loop. */
const callsShown = 40;

/** What an operator sees and wants of the team. It writes wishes; the reconciler carries them out. */
export function createAgentService(deps: Deps) {
  const { postgres, unitOfWork, clock, chance, settings, escalations, profiles, restart, runtimeIsStale } = deps;

  async function wish(
    work: Work,
    agentType: string,
    change: (agent: AgentRow) => Partial<AgentRow>,
  ): Promise<AgentRow> {
    const agent = await lockAgent(work.tx, agentType);
    if (!agent || !profiles.get(agentType)) throw noSuchAgent(agentType);
    await updateAgent(work.tx, agentType, change(agent));
    await hint(work, agentType);
    return agent;
  }

  const { pause, resume, pauseAll, resumeAll } = createPauses({ unitOfWork, isRole: (type) => !!profiles.get(type) });

  async function start(work: Work, actor: Actor, agentType: string): Promise<AgentRow> {
    await escalations.settle(work, { kind: 'agent_failed', subject: agentType }, { actor, resolution: 'started anew' });
    // A start by an operator forgives: the agent gets a fresh budget of restarts.
    return wish(work, agentType, ({ status, forgivenAt }) => ({
      desired: 'running',
      forgivenAt: status === 'running' ? forgivenAt : work.now,
    }));
  }

  const stop = (work: Work, agentType: string): Promise<AgentRow> =>
    wish(work, agentType, () => ({ desired: 'stopped' }));

  return {
    start,
    stop,
    pause,
    resume,
    pauseAll,
    resumeAll,
    /** An operator's word: it ends a pause too. What the agents decide does not. */
    startAs: (actor: Actor, agentType: string) =>
      unitOfWork(async (work) => {
        await start(work, actor, agentType);
        await resume(work, actor, agentType);
      }),
    stopAs: (agentType: string) => unitOfWork((work) => stop(work, agentType)),
    restartAs: (agentType: string) =>
      unitOfWork((work) =>
        wish(work, agentType, ({ generation }) => ({
          desired: 'running',
          generation: generation + 1,
          forgivenAt: work.now,
        })),
      ),

    /** A role seen for the first time gets its row. Most have theirs: asked first, as each look at the team begins with this. */
    register: async (isWanted: (type: string) => boolean): Promise<void> => {
      const rows = await listAgents(postgres.db);
      const known = new Set(rows.map(({ type }) => type));
      // A team that was halted as a whole takes in nobody who runs.
      const halt = rows.length > 0 && rows.every(({ pausedAt }) => pausedAt !== null) ? rows[0] : undefined;
      const now = clock.now();
      const row = (type: string) => ({
        type,
        id: chance.id('agt'),
        createdAt: now,
        desired: isWanted(type) ? ('running' as const) : ('stopped' as const),
        pausedAt: halt?.pausedAt ?? null,
        pausedBy: halt?.pausedBy ?? null,
        forgivenAt: now,
        status: 'stopped' as const,
        because: 'not started yet',
        scheduledFrom: now,
        jitter: chance.fraction(),
      });
      const added = profiles.all().filter(({ type }) => !known.has(type));
      await insertAgentsIfNew(
        postgres.db,
        added.map(({ type }) => row(type)),
      );
    },

    async list(status?: AgentStatus) {
      const intervalOf = await settings.loopIntervals(postgres.db);
      const living = new Map((await listLiveInstances(postgres.db)).map((live) => [live.agentType, live]));
      const busy = await runningLoops(postgres.db);
      const stale = runtimeIsStale();
      const rows = await listAgents(postgres.db);
      return rows.flatMap((agent) => {
        const profile = profiles.get(agent.type);
        if (!profile || (status !== undefined && agent.status !== status)) return [];
        const live = living.get(agent.type);
        const loop = busy.get(agent.type);
        return [presentAgent(agent, profile, { live, loop, interval: intervalOf(agent.type), stale })];
      });
    },

    async get(agentType: string) {
      const { db } = postgres;
      const agent = await findAgentOrThrow(db, agentType);
      const profile = profiles.get(agentType);
      // The row of a role whose profile was removed stays, for its history; the role itself is gone.
      if (!profile) throw noSuchAgent(agentType);
      const live = await findLiveInstance(db, agentType);
      const loop = await findRunningLoop(db, agentType);
      const interval = (await settings.loopIntervals(db))(agentType);
      return {
        ...presentAgent(agent, profile, { live, loop, interval, stale: runtimeIsStale() }),
        // In the folder of profiles; where that is on this machine is no viewer's business.
        profilePath: `profiles/${profile.type}.md`,
        containerId: live?.containerId ?? null,
        recentExits: (await recentExits(db, agentType, exitsShown)).map(presentExit),
        restartPlan: restartPlanOf(await recentFailures(db, agent, restart.failuresMax), {
          policy: restart,
          now: clock.now(),
          aliveSince: live?.startedAt ?? undefined,
        }),
      };
    },

    profile(agentType: string) {
      const profile = profiles.get(agentType);
      if (!profile) throw noSuchAgent(agentType);
      return presentProfile(profile);
    },

    async loops(agentType: string, query: { limit: number; before?: string | undefined }) {
      await findAgentOrThrow(postgres.db, agentType);
      const rows = await listLoops(postgres.db, { agentType, ...query });
      const ids = rows.map(({ id }) => id);
      const calls = ids.length === 0 ? [] : await callsOf(postgres.db, ids, callsShown);
      return rows.map((row) =>
        presentLoop(
          row,
          calls.filter(({ loopId }) => loopId === row.id),
        ),
      );
    },

    async history(
      agentType: string,
      query: { limit: number; before?: string | undefined; after?: string | undefined },
    ) {
      await findAgentOrThrow(postgres.db, agentType);
      const rows = await listHistory(postgres.db, { agentType, ...query });
      return rows.map(({ agentType: _agentType, createdAt, ...row }) => ({ ...row, createdAt: iso(createdAt) }));
    },

    async events(agentType: string, query: { limit: number; before?: number | undefined; after?: number | undefined }) {
      await findAgentOrThrow(postgres.db, agentType);
      return readEvents(postgres.db, { agentType, ...query });
    },

    /** For waiting on a wish: where the agent stands, and which life it lives. */
    async standing(agentType: string) {
      const agent = await findAgentOrThrow(postgres.db, agentType);
      return { agent, live: await findLiveInstance(postgres.db, agentType) };
    },

    /** Has the reconciler look at connected agents whose hearts have not beaten since; returns how many. */
    lookAfterSilent: (since: number): Promise<number> =>
      unitOfWork(async (work) => {
        const silent = await silentAgents(work.tx, since);
        for (const agentType of silent) await hint(work, agentType);
        return silent.length;
      }),

    /** Up to where each agent has read its inbox. */
    async inboxCursors(): Promise<ReadonlyMap<string, number>> {
      return new Map((await listAgents(postgres.db)).map(({ type, inboxCursor }) => [type, inboxCursor]));
    },

    /** What agents did between these moments, in milliseconds since 1970. */
    deedsBetween: (span: { from: number; to: number }) => deedsBetween(postgres.db, span),
    firstDeedAt: (from: number) => firstDeedAt(postgres.db, from),

    /** Roles that are wanted running, and not held. */
    async wantedTypes(): Promise<ReadonlySet<string>> {
      const rows = await listAgents(postgres.db);
      return new Set(
        rows.filter(({ desired, pausedAt }) => desired === 'running' && !pausedAt).map(({ type }) => type),
      );
    },

    setFocus: (db: Queryable, agentType: string, focus: string) =>
      updateAgent(db, agentType, { currentFocus: focus === '' ? null : focus }),
  };
}
