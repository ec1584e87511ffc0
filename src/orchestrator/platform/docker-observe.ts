import type Dockerode from 'dockerode';
import type { ContainerInfo, ContainerInspectInfo } from 'dockerode';
import type { ObservedContainer, ObservedExit } from '../agents/runtime.ts';
import type { ToldEnds } from './docker-ends.ts';
import { exitOf } from './docker-exit.ts';
import { identify, labels } from './docker-names.ts';
import { unless } from './docker-status.ts';

export interface ObserveOptions {
  readonly docker: Dockerode;
  readonly teamId: string;
  readonly ends: Pick<ToldEnds, 'of'>;
  readonly signal: AbortSignal;
}

/**
 * The team's containers, or one agent's. The engine's list lags behind its own events: just after `die` it still shows
 * the container running. So an end that its events have told is taken from there, and else each of one agent's is
 * inspected, which shows its state as it is; a list of the whole team takes the list's word for those that live.
 */
export async function observe(options: ObserveOptions, agentType?: string): Promise<readonly ObservedContainer[]> {
  const { docker, teamId, signal } = options;
  const label = [`${labels.team}=${teamId}`];
  if (agentType !== undefined) label.push(`${labels.agent}=${agentType}`);
  const found = await docker.listContainers({ all: true, filters: { label }, abortSignal: signal });
  const trust = agentType === undefined ? 'those_that_live' : 'nothing';
  const observed = await Promise.all(found.map((container) => look(options, container, trust)));
  return observed.filter((container) => container !== undefined);
}

/** `trust` is what of the list's word counts. */
async function look(
  { docker, teamId, ends, signal }: ObserveOptions,
  { Id: containerId, Names: names, Labels, State }: ContainerInfo,
  trust: 'nothing' | 'those_that_live',
): Promise<ObservedContainer | undefined> {
  const identity = identify(teamId, { names, labels: Labels });
  if (!identity) return undefined;
  const exit = ends.of(containerId);
  if (exit) return { containerId, ...identity, status: 'exited', exit };
  const status = statusOf(State);
  if (trust === 'those_that_live' && status !== 'exited') return { containerId, ...identity, status, exit: undefined };
  // Removed since the list was made: as if it had not been in it.
  const found = await docker.getContainer(containerId).inspect({ abortSignal: signal }).catch(unless(404));
  return found && { containerId, ...identity, ...inState(found.State) };
}

function inState(state: ContainerInspectInfo['State']): Pick<ObservedContainer, 'status' | 'exit'> {
  const status = statusOf(state.Status);
  return { status, exit: status === 'exited' ? exitIn(state) : undefined };
}

function statusOf(state: string): ObservedContainer['status'] {
  switch (state) {
    case 'created':
    case 'running':
    case 'paused':
      return state;
    case 'restarting':
      return 'running';
    // exited, removing, dead
    default:
      return 'exited';
  }
}

type State = Pick<ContainerInspectInfo['State'], 'ExitCode' | 'OOMKilled' | 'StartedAt' | 'FinishedAt'>;

const exitIn = ({ ExitCode: code, OOMKilled: oomKilled, StartedAt, FinishedAt }: State): ObservedExit =>
  exitOf({ code, oomKilled, startedAt: momentOf(StartedAt), at: momentOf(FinishedAt) });

/** The engine writes the year 1 for what has not happened. */
function momentOf(time: string): number | undefined {
  const moment = Date.parse(time);
  return moment > 0 ? moment : undefined;
}
