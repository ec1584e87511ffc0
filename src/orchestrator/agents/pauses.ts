import { sql } from 'drizzle-orm';
import { channels } from '../events/topics.ts';
import type { Actor, UnitOfWork, Work } from '../events/work.ts';
import { noSuchAgent } from './find.ts';
import { type AgentRow, findLiveInstance, lockAgent, lockAgents, updateAgent } from './store.ts';

interface Deps {
  readonly unitOfWork: UnitOfWork;
  readonly isRole: (agentType: string) => boolean;
}

/**
 * The kill switch. From the commit on the tokens are dead; the event has every replica cut what was opened with them, and
 * the reconciler end the containers. What is wanted of the agents is kept for the day on which it is let go.
 */
export function createPauses({ unitOfWork, isRole }: Deps) {
  async function hold(work: Work, actor: Actor, agent: AgentRow): Promise<void> {
    if (agent.pausedAt !== null) return;
    await updateAgent(work.tx, agent.type, { pausedAt: work.now, pausedBy: actor.name });
    const instanceId = (await findLiveInstance(work.tx, agent.type))?.id ?? null;
    work.append(actor, 'agent_paused', { agentType: agent.type, instanceId });
    await hint(work, agent.type);
  }

  async function release(work: Work, actor: Actor, agent: AgentRow): Promise<void> {
    if (agent.pausedAt === null) return;
    await updateAgent(work.tx, agent.type, { pausedAt: null, pausedBy: null });
    work.append(actor, 'agent_resumed', { agentType: agent.type });
    await hint(work, agent.type);
  }

  async function locked(work: Work, agentType: string): Promise<AgentRow> {
    const agent = await lockAgent(work.tx, agentType);
    if (!agent || !isRole(agentType)) throw noSuchAgent(agentType);
    return agent;
  }

  async function each(work: Work, change: (agent: AgentRow) => Promise<void>): Promise<string[]> {
    const agents = await lockAgents(work.tx);
    for (const agent of agents) await change(agent);
    return agents.map(({ type }) => type).filter(isRole);
  }

  return {
    pause: (actor: Actor, agentType: string): Promise<void> =>
      unitOfWork(async (work) => hold(work, actor, await locked(work, agentType))),
    resume: async (work: Work, actor: Actor, agentType: string): Promise<void> =>
      release(work, actor, await locked(work, agentType)),
    /** The roles that are held now, those that were already included. */
    pauseAll: (actor: Actor): Promise<string[]> =>
      unitOfWork((work) => each(work, (agent) => hold(work, actor, agent))),
    resumeAll: (actor: Actor): Promise<string[]> =>
      unitOfWork((work) => each(work, (agent) => release(work, actor, agent))),
  };
}

/** Delivered when this commits, to the leader wherever it is; if lost, the next resync finds the wish. */
export const hint = (work: Work, agentType: string) =>
  work.tx.execute(sql`select pg_notify(${channels.reconcile}, ${agentType})`);
