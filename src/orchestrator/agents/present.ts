import { profileTextMax } from '../../contracts/profile.ts';
import { iso, isoOrNull } from '../platform/iso.ts';
import type { callsOf } from './loop-store.ts';
import type { Profile } from './profiles.ts';
import type { AgentRow, InstanceRow, LoopRow } from './store.ts';

/** What stands beside an agent's row in an answer. */
interface Context {
  readonly live: InstanceRow | undefined;
  readonly loop: LoopRow | undefined;
  /** The operator's, in seconds. */
  readonly interval: number | undefined;
  readonly stale: boolean;
}

export const presentAgent = (agent: AgentRow, profile: Profile, { live, loop, interval, stale }: Context) => ({
  id: agent.id,
  type: agent.type,
  name: profile.name,
  status: agent.status,
  loopInterval: interval ?? profile.loopInterval,
  lastHeartbeat: isoOrNull(live?.lastHeartbeatAt ?? null),
  containerStatus: containerStatusOf(live),
  stale,
  seat: profile.seat,
  currentFocus: agent.currentFocus,
  desired: agent.desired,
  pausedBy: agent.pausedBy,
  because: agent.because,
  nextAttemptAt: isoOrNull(agent.nextAttemptAt),
  connected: isConnected(live),
  currentLoop: loop
    ? { id: loop.id, startedAt: iso(loop.startedAt), reasons: loop.wakes.map(({ reason }) => reason) }
    : null,
  loopCount: agent.loopCount,
  lastLoopAt: isoOrNull(agent.lastLoopAt),
});

const containerStatusOf = (live: InstanceRow | undefined) => {
  if (!live) return 'absent' as const;
  return live.startedAt === null ? ('created' as const) : ('running' as const);
};

const isConnected = (live: InstanceRow | undefined): boolean =>
  live?.connectedAt != null && (live.disconnectedAt === null || live.disconnectedAt < live.connectedAt);

export const presentExit = (row: InstanceRow) => ({
  instanceId: row.id,
  at: iso(row.endedAt ?? row.createdAt),
  code: row.exitCode,
  signal: row.exitSignal,
  oomKilled: row.oomKilled,
  ranForMs: row.ranForMs ?? 0,
  requested: row.stopRequestedAt !== null && !row.stopCounts,
  reason: row.stopReason ?? '',
});

type CallRow = Awaited<ReturnType<typeof callsOf>>[number];

export const presentLoop = (row: LoopRow, calls: readonly CallRow[]) => ({
  id: row.id,
  status: row.status,
  startedAt: iso(row.startedAt),
  finishedAt: isoOrNull(row.finishedAt),
  summary: row.summary,
  wakes: row.wakes,
  initiative: row.initiative,
  calls: calls.map(({ id, loopId, actionType, summary, createdAt }) => ({
    id,
    loopId,
    actionType,
    summary,
    createdAt: iso(createdAt),
  })),
  callCount: calls[0]?.total ?? 0,
});

/** Where the folder is on this machine is no reader's business. */
export const presentProfile = ({ type, path: _path, hash: _hash, prompt, secrets, ...head }: Profile) => ({
  type,
  head: { ...head, secrets: secrets.map(({ name }) => name) },
  text: prompt.slice(0, profileTextMax),
  isWhole: prompt.length <= profileTextMax,
});
