import type Dockerode from 'dockerode';
import type { ContainerInfo, ContainerInspectInfo } from 'dockerode';
import type { ObservedContainer, ObservedExit } from '../agents/runtime.ts';
import { identify, labels } from './docker-names.ts';
import { unless } from './docker-status.ts';

export interface ObserveOptions {
  readonly docker: Dockerode;
  readonly teamId: string;
  readonly signal: AbortSignal;
}

/**
 * The team's containers, or one agent's. The engine's list lags behind its own events: just after `die` it still shows
 * the container running. So each of one agent's is inspected, which shows its state as it is; a list of the whole team
 * takes the list's word for those that live.
 */
export async function observe(options: ObserveOptions, agentType?: string): Promise<readonly ObservedContainer[]> {
  const { docker, teamId, signal } = options;
  const label = [`${labels.team}=${teamId}`];
  if (agentType !== undefined) label.push(`${labels.agent}=${agentType}`);
  const found = await docker.listContainers({ all: true, filters: { label }, abortSignal: signal });
  const believed = agentType === undefined;
  const observed = await Promise.all(
    found.map((container) =>
      believed && statusOf(container.State) !== 'exited' ? listed(teamId, container) : inspected(options, container),
    ),
  );
  return observed.filter((container) => container !== undefined);
}

function listed(
  teamId: string,
  { Id: containerId, Names: names, Labels, State }: ContainerInfo,
): ObservedContainer | undefined {
  const identity = identify(teamId, { names, labels: Labels });
  return identity && { containerId, ...identity, status: statusOf(State), exit: undefined };
}

async function inspected(
  { docker, teamId, signal }: ObserveOptions,
  { Id: containerId, Names: names, Labels }: ContainerInfo,
): Promise<ObservedContainer | undefined> {
  const identity = identify(teamId, { names, labels: Labels });
  if (!identity) return undefined;
  // Removed since the list was made: as if it had not been in it.
  const found = await docker.getContainer(containerId).inspect({ abortSignal: signal }).catch(unless(404));
  if (!found) return undefined;
  const status = statusOf(found.State.Status);
  return { containerId, ...identity, status, exit: status === 'exited' ? exitOf(found.State) : undefined };
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

export function exitOf({ ExitCode: code, OOMKilled, StartedAt, FinishedAt }: State): ObservedExit {
  const startedAt = momentOf(StartedAt);
  const at = momentOf(FinishedAt);
  return {
    at,
    ranForMs: startedAt === undefined || at === undefined ? undefined : Math.max(at - startedAt, 0),
    code,
    signal: signalOf(code),
    oomKilled: OOMKilled || heapAborts.has(code),
  };
}

/**
 * V8 aborts when its heap is full, which no cgroup sees. 134 is that abort under an init; as process 1 of the container,
 * where the kernel drops a SIGABRT sent to oneself, the C library goes on to a forced fault: 139, what we get.
 * A genuine segmentation fault of Node looks the same, and is far rarer. 137 alone proves nothing: `docker kill` and
 * the end of a stop's grace give it as well, and an out-of-memory kill by the kernel is flagged by the engine.
 */
const heapAborts = new Set([134, 139]);

/** Linux's numbers, whatever the orchestrator runs on. */
const signals: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  12: 'SIGUSR2',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
};

/** The engine reports an end by signal n as exit code 128 + n. A program can exit with such a code of its own accord. */
const signalOf = (code: number): string | null => signals[code - 128] ?? null;

/** The engine writes the year 1 for what has not happened. */
function momentOf(time: string): number | undefined {
  const moment = Date.parse(time);
  return moment > 0 ? moment : undefined;
}
