import type { Focus } from '../../contracts/focus.ts';
import type { LoopOutcome, Wake } from '../../contracts/gateway.ts';
import type { EscalationService } from '../escalations/service.ts';
import { readHorizon } from '../events/store.ts';
import { type Actor, system, type UnitOfWork, type Work } from '../events/work.ts';
import type { FocusService } from '../focus/service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Chance } from '../platform/identity.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { SettingsService } from '../settings/service.ts';
import { type Agenda, type AgendaItem, agendaOf, type LoopBreakerLimits, scheduledTime } from './agenda.ts';
import {
  countAttempts,
  forgetAttempts,
  markBroken,
  readAgendas,
  readAttempts,
  stuckSubject,
  uncountAttempts,
} from './agenda-store.ts';
import type { Lives } from './lives.ts';
import type { Profiles } from './profiles.ts';
import { type AgentRow, findLiveInstance, findRunningLoop, insertLoop, listAgents, updateAgent } from './store.ts';

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly settings: SettingsService;
  readonly escalations: EscalationService;
  readonly profiles: Profiles;
  readonly lives: Lives;
  readonly focus: FocusService;
  readonly breaker: LoopBreakerLimits;
  /** Which of these agents are not to be woken for now: they may not think. */
  readonly held: (agentTypes: readonly string[]) => Promise<ReadonlySet<string>>;
}

/** A loop that has begun: what the agent is told. */
export interface StartedLoop {
  readonly loopId: string;
  readonly wakes: Wake[];
  readonly turnTimeoutMs: number;
  readonly initiative: boolean;
  readonly focus: Focus;
}

export type LoopService = ReturnType<typeof createLoopService>;

/** Begins and ends the agents' loops. Any replica may; the database lets one loop per agent begin. */
export function createLoopService(deps: Deps) {
  const { postgres, unitOfWork, clock, chance, settings, escalations, profiles, lives } = deps;

  async function agendas(agentTypes: readonly string[]): Promise<Map<string, Agenda & { agent: AgentRow }>> {
    const { db } = postgres;
    const now = clock.now();
    const items = await readAgendas(db, {
      agentTypes,
      now,
      horizon: await readHorizon(db),
      wipLimit: await settings.read(db, 'tasks.max_concurrent_per_agent'),
      statementWindowMs: (await settings.read(db, 'decisions.statement_window')) * 1_000,
    });
    const attempts = await readAttempts(db, agentTypes);
    const intervalOf = await settings.loopIntervals(db);
    const due = new Map<string, Agenda & { agent: AgentRow }>();
    const asked = new Set(agentTypes);
    for (const agent of await listAgents(db)) {
      const profile = profiles.get(agent.type);
      if (!profile || !asked.has(agent.type)) continue;
      const agenda = agendaOf({
        items: items.get(agent.type) ?? [],
        attempts: attempts.get(agent.type) ?? [],
        scheduledAt: scheduledTime(agent, intervalOf(agent.type) ?? profile.loopInterval),
        now,
        limits: deps.breaker,
      });
      due.set(agent.type, { ...agenda, agent });
    }
    return due;
  }

  async function begin(
    work: Work,
    agenda: Agenda & { agent: AgentRow },
    instanceId: string,
  ): Promise<StartedLoop | undefined> {
    const { agent, wakes, due } = agenda;
    const profile = profiles.get(agent.type);
    const live = await findLiveInstance(work.tx, agent.type);
    if (!profile || live?.id !== instanceId) return undefined;
    const scheduled = wakes.some(({ reason }) => reason === 'schedule');
    const { focus, changedAt } = await deps.focus.read(work.tx);
    // Another focus is news: a scheduled loop that finds nothing else is worth its cost for it.
    const isNews = changedAt >= agent.scheduledFrom;
    const initiative = scheduled && (isNews || takesInitiative(agent, profile.initiativeInterval, work.now));
    const loopId = chance.id('lop');
    const row = { id: loopId, agentType: agent.type, instanceId, wakes, initiative, status: 'running' as const };
    if (!(await insertLoop(work.tx, { ...row, startedAt: work.now }))) return undefined;
    await countAttempts(work.tx, { agentType: agent.type, items: due, now: work.now });
    if (scheduled) {
      await updateAgent(work.tx, agent.type, {
        scheduledFrom: work.now,
        jitter: chance.fraction(),
        ...(initiative && { lastInitiativeAt: work.now }),
      });
    }
    return { loopId, wakes, initiative, focus, turnTimeoutMs: profile.turnTimeout * 1_000 };
  }

  /** It runs in circles: not woken for this again, and a human is told. */
  const giveUp = (agentType: string, item: AgendaItem) =>
    unitOfWork(async (work) => {
      if (!(await markBroken(work.tx, agentType, item))) return;
      await escalations.open(work, system, {
        kind: 'agent_stuck',
        subject: stuckSubject(agentType, item),
        title: `Agent ${agentType} runs in circles`,
        reason: `It was woken ${deps.breaker.attemptsMax} times for ${item.reason} ${item.subject} and nothing changed`,
        priority: 'normal',
      });
    });

  return {
    /** Begins a loop for each of these connected agents that is idle and has something due. */
    async beginDue(connected: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, StartedLoop>> {
      const started = new Map<string, StartedLoop>();
      if (connected.size === 0) return started;
      const held = await deps.held([...connected.keys()]);
      const free = [...connected.keys()].filter((agentType) => !held.has(agentType));
      if (free.length === 0) return started;
      for (const [agentType, agenda] of await agendas(free)) {
        for (const item of agenda.stuck) await giveUp(agentType, item);
        const instanceId = connected.get(agentType);
        if (agenda.wakes.length === 0 || instanceId === undefined) continue;
        const loop = await unitOfWork((work) => begin(work, agenda, instanceId));
        if (loop) started.set(agentType, loop);
      }
      return started;
    },

    /** The loop this life is at, for an agent that connects again and may have missed its wake. */
    async current(agentType: string, instanceId: string): Promise<StartedLoop | undefined> {
      const loop = await findRunningLoop(postgres.db, agentType);
      const profile = profiles.get(agentType);
      if (!loop || !profile || loop.instanceId !== instanceId) return undefined;
      return {
        loopId: loop.id,
        wakes: loop.wakes,
        initiative: loop.initiative,
        focus: await deps.focus.get(),
        turnTimeoutMs: profile.turnTimeout * 1_000,
      };
    },

    finish: (
      agent: Actor,
      instanceId: string,
      report: { loopId: string; outcome: LoopOutcome; summary: string },
    ): Promise<boolean> =>
      unitOfWork((work) =>
        lives.closeLoop(
          work,
          { id: instanceId, agentType: agent.name },
          { loopId: report.loopId, status: report.outcome, summary: report.summary, actor: agent },
        ),
      ),
  };
}

/** The loop at work fails for no fault of what it was woken for: these wakes do not count as going in circles. */
export const excuseLoop = (work: Work, agentType: string): Promise<void> => uncountAttempts(work.tx, agentType);

/** The agent is woken for it as if for the first time: nothing else would ever wake it for that again. */
export const wakeAnew = (work: Work, stuck: string): Promise<void> => forgetAttempts(work.tx, stuck);

function takesInitiative(agent: AgentRow, intervalSeconds: number | undefined, now: number): boolean {
  if (intervalSeconds === undefined) return false;
  const last = agent.lastInitiativeAt ?? agent.createdAt;
  return now - last >= intervalSeconds * 1_000 || last > now;
}
