import type { Readable } from 'node:stream';
import type { AgentStatus, ContainerStatus } from '../contracts/agent.ts';
import { AppError } from '../contracts/errors.ts';
import type { ObservedContainer, Runtime } from './agents/runtime.ts';
import type { AgentService } from './agents/service.ts';
import type { Actor } from './events/work.ts';
import type { Clock } from './platform/clock.ts';

/** The operators' hand on the agents' containers: they wish, the reconciler does, these functions wait for it. */
export interface ContainerControl {
  readonly agents: AgentService;
  readonly runtime: Runtime;
  readonly clock: Clock;
  /** Resolves when something about this agent may have changed, or after a while. */
  readonly change: (agentType: string, signal: AbortSignal) => Promise<void>;
  /** How long an answer may wait for the runtime to confirm. */
  readonly confirmMs: number;
}

export interface Confirmation {
  /** There once the runtime has confirmed that it runs. */
  readonly containerId: string | undefined;
  readonly confirmed: boolean;
  readonly phase: AgentStatus;
}

type Standing = Awaited<ReturnType<AgentService['standing']>>;

/** Resolves when the agent's container runs, or after `confirmMs` with the phase it is in. */
export async function startAgent(control: ContainerControl, actor: Actor, agentType: string): Promise<Confirmation> {
  await control.agents.startAs(actor, agentType);
  return confirm(control, agentType, isUp);
}

/** Resolves when nothing of the agent runs. */
export async function stopAgent(control: ContainerControl, agentType: string): Promise<Confirmation> {
  await control.agents.stopAs(agentType);
  return confirm(control, agentType, isDown);
}

/** Resolves when another container runs in place of the present one. */
export async function restartAgent(control: ContainerControl, agentType: string): Promise<Confirmation> {
  const { live: before } = await control.agents.standing(agentType);
  await control.agents.restartAs(agentType);
  return confirm(control, agentType, (standing) => isUp(standing) && standing.live?.id !== before?.id);
}

/** Resolves when nothing of the agent runs; its token is dead long before. */
export async function pauseAgent(control: ContainerControl, actor: Actor, agentType: string): Promise<Confirmation> {
  await control.agents.pause(actor, agentType);
  return confirm(control, agentType, isDown);
}

/** The kill switch for all: resolves when nothing of any agent runs. */
export async function stopAllAgents(control: ContainerControl, actor: Actor): Promise<TeamConfirmation> {
  return confirmAll(control, await control.agents.pauseAll(actor), isDown);
}

/** What was wanted before holds again: resolves when all of that runs, or has failed to. */
export async function startAllAgents(control: ContainerControl, actor: Actor): Promise<TeamConfirmation> {
  const isAsWanted = (standing: Standing) =>
    standing.agent.desired === 'stopped' ? isDown(standing) : isUp(standing) || standing.agent.status === 'failed';
  return confirmAll(control, await control.agents.resumeAll(actor), isAsWanted);
}

/** By role. */
export type TeamConfirmation = ReadonlyMap<string, Confirmation>;

async function confirmAll(
  control: ContainerControl,
  agentTypes: readonly string[],
  reached: (standing: Standing) => boolean,
): Promise<TeamConfirmation> {
  const answers = agentTypes.map(async (type) => [type, await confirm(control, type, reached)] as const);
  return new Map(await Promise.all(answers));
}

const isDown = ({ agent, live }: Standing): boolean => agent.status === 'stopped' && !live;
const isUp = ({ agent, live }: Standing): boolean => agent.status === 'running' && live?.startedAt != null;

async function confirm(
  { agents, clock, change, confirmMs }: ContainerControl,
  agentType: string,
  reached: (standing: Standing) => boolean,
): Promise<Confirmation> {
  const until = clock.monotonic() + confirmMs;
  for (;;) {
    const standing = await agents.standing(agentType);
    const confirmed = reached(standing);
    const leftMs = until - clock.monotonic();
    if (confirmed || leftMs <= 0) {
      const containerId = confirmed ? (standing.live?.containerId ?? undefined) : undefined;
      return { confirmed, phase: standing.agent.status, containerId };
    }
    await change(agentType, AbortSignal.timeout(Math.ceil(leftMs)));
  }
}

/** What the runtime shows of the agent right now; rejects when it cannot be asked. */
export async function getAgentContainerStatus(
  { runtime }: ContainerControl,
  agentType: string,
): Promise<ContainerStatus> {
  const containers = await runtime.inspect(agentType);
  return (containers.find(({ status }) => status === 'running') ?? containers[0])?.status ?? 'absent';
}

/** Every container that carries our label and one of our names. */
export const listManagedContainers = ({ runtime }: ContainerControl): Promise<readonly ObservedContainer[]> =>
  runtime.list();

/** The output of the agent's container: the running one, or the one that ended last and is still there. */
export async function readAgentLogs(
  { agents, runtime }: ContainerControl,
  agentType: string,
  options: { tail: number; follow: boolean; signal: AbortSignal },
): Promise<Readable> {
  const { live } = await agents.standing(agentType);
  const containerId = live?.containerId ?? (await runtime.inspect(agentType))[0]?.containerId;
  if (!containerId) throw new AppError('no_logs', `${agentType} has no container; start it first`);
  return runtime.logs(containerId, options);
}
