import type { EscalationService } from '../escalations/service.ts';
import { type Actor, system, type Work } from '../events/work.ts';
import type { Chance } from '../platform/identity.ts';
import type { TaskService } from '../tasks/service.ts';
import type { Plan } from './plan.ts';
import type { ObservedExit } from './runtime.ts';
import {
  type AgentRow,
  endInstance,
  endLoop,
  findAgent,
  type InstanceRow,
  insertHistory,
  type LoopRow,
  updateAgent,
} from './store.ts';

interface Deps {
  readonly tasks: TaskService;
  readonly escalations: EscalationService;
  readonly chance: Chance;
}

export type Lives = ReturnType<typeof createLives>;

/** The writes of the reconciler and of the gateway about an agent's lives, each inside the caller's transaction. */
export function createLives({ tasks, escalations, chance }: Deps) {
  async function note(
    work: Work,
    agentType: string,
    entry: { actionType: string; summary: string; loopId?: string },
  ): Promise<void> {
    await insertHistory(work.tx, { id: chance.id('hst'), agentType, ...entry, createdAt: work.now });
  }

  /** The end of a life, once: token dead, claims back in the queue, loop closed, everything told. */
  async function recordExit(work: Work, instance: InstanceRow, exit: ObservedExit, because: string): Promise<boolean> {
    const ranForMs = Math.round(exit.ranForMs ?? Math.max(0, work.now - (instance.startedAt ?? work.now)));
    const end = {
      endedAt: work.now,
      exitCode: exit.code,
      exitSignal: exit.signal,
      oomKilled: exit.oomKilled,
      ranForMs,
      stopReason: instance.stopReason ?? because,
    };
    if (!(await endInstance(work.tx, instance.id, end))) return false;

    const { agentType } = instance;
    await tasks.releaseClaimsOf(work, instance.id, `${agentType} ended: ${because}`);
    await closeLoop(work, instance, { status: 'interrupted', summary: because });
    const told = { agentType, instanceId: instance.id, because };
    work.append(system, 'agent_exited', {
      ...told,
      code: exit.code,
      signal: exit.signal,
      oomKilled: exit.oomKilled,
      ranForMs,
    });
    const asked = instance.stopRequestedAt !== null && !instance.stopCounts;
    if (asked) work.append(system, 'agent_stopped', told);
    await note(work, agentType, { actionType: asked ? 'stopped' : 'exited', summary: because });
    return true;
  }

  /** True when this call closed the loop; a report that comes twice, or too late, changes nothing. */
  async function closeLoop(
    work: Work,
    instance: Pick<InstanceRow, 'id' | 'agentType'>,
    end: { loopId?: string; status: Exclude<LoopRow['status'], 'running'>; summary: string; actor?: Actor },
  ): Promise<boolean> {
    const key = { instanceId: instance.id, ...(end.loopId !== undefined && { loopId: end.loopId }) };
    const loop = await endLoop(work.tx, key, { status: end.status, finishedAt: work.now, summary: end.summary });
    if (!loop) return false;
    await creditLoop(work, loop, end.status);
    work.append(end.actor ?? system, 'loop_finished', {
      agentType: instance.agentType,
      loopId: loop.id,
      outcome: end.status,
      summary: end.summary,
      reasons: loop.wakes.map(({ reason }) => reason),
    });
    if (end.status !== 'idle')
      await note(work, instance.agentType, {
        actionType: `loop_${end.status}`,
        summary: end.summary,
        loopId: loop.id,
      });
    return true;
  }

  /** Messages count as handled only by a loop that ended well; after any other they are shown again. */
  async function creditLoop(work: Work, loop: LoopRow, status: LoopRow['status']): Promise<void> {
    const agent = await findAgent(work.tx, loop.agentType);
    if (!agent || status === 'interrupted') return;
    const handled = status === 'failed' ? agent.inboxCursor : Math.max(agent.inboxCursor, loop.readTo);
    await updateAgent(work.tx, agent.type, {
      loopCount: agent.loopCount + 1,
      lastLoopAt: work.now,
      inboxCursor: handled,
    });
  }

  /** What the reconciler concluded; told only when it is new. */
  async function conclude(
    work: Work,
    agent: AgentRow,
    plan: Pick<Plan, 'status' | 'because' | 'recheckAt'>,
  ): Promise<void> {
    const { status, because } = plan;
    const nextAttemptAt = status === 'backing_off' ? (plan.recheckAt ?? null) : null;
    if (agent.status === status && agent.because === because) return;
    await updateAgent(work.tx, agent.type, { status, because, nextAttemptAt });
    if (agent.status !== status) work.append(system, 'agent_status', { agentType: agent.type, status, because });
    if (status === 'failed' && agent.status !== 'failed') await giveUp(work, agent.type, because);
    if (status === 'running' && agent.status !== 'running') {
      await escalations.settle(
        work,
        { kind: 'agent_failed', subject: agent.type },
        { actor: system, resolution: 'it runs again' },
      );
    }
  }

  async function giveUp(work: Work, agentType: string, because: string): Promise<void> {
    work.append(system, 'agent_failed', { agentType, because });
    await note(work, agentType, { actionType: 'failed', summary: because });
    await escalations.open(work, system, {
      kind: 'agent_failed',
      subject: agentType,
      title: `Agent ${agentType} keeps failing`,
      reason: because,
      priority: 'high',
    });
  }

  return { recordExit, closeLoop, conclude, note };
}
