export const labels = {
  team: 'dev.boardroom.team',
  agent: 'dev.boardroom.agent',
  instance: 'dev.boardroom.instance',
  spec: 'dev.boardroom.spec',
  runner: 'dev.boardroom.runner',
  code: 'dev.boardroom.code',
} as const;

/** The random end of a TypeID: 40 bits, enough to tell the teams of an engine and the lives of an agent apart. */
const tail = (id: string): string => id.slice(-8);

/** Networks and volumes outlive the agent's containers, so they are named after the agent alone. */
export const agentName = (teamId: string, agentType: string): string => `boardroom-${tail(teamId)}-${agentType}`;

/** A dot, which no role can have: these never collide with an agent's. */
export const runnerName = (teamId: string, version: string, part: string): string =>
  `boardroom-${tail(teamId)}.${part}-${version}`;

export interface InstanceName {
  readonly teamId: string;
  readonly agentType: string;
  readonly instanceId: string;
}

/** Derived, not random: a second create of the same instance collides with the first instead of making a twin. */
export const containerName = ({ teamId, agentType, instanceId }: InstanceName): string =>
  `${agentName(teamId, agentType)}-${tail(instanceId)}`;

export interface Identity {
  readonly agentType: string;
  readonly instanceId: string;
  readonly specHash: string;
}

export interface Claim {
  /** As the engine writes them, with a slash in front. */
  readonly names: readonly string[];
  readonly labels: Readonly<Record<string, string | undefined>>;
}

/**
 * Who a container is, if it is ours. Anybody may copy labels (`docker commit` does), but a name belongs to one container
 * of the engine only: both must agree, else it is a stranger, and nobody may stop or remove it.
 */
export function identify(teamId: string, claim: Claim): Identity | undefined {
  const agentType = claim.labels[labels.agent];
  const instanceId = claim.labels[labels.instance];
  const specHash = claim.labels[labels.spec];
  if (agentType === undefined || instanceId === undefined || specHash === undefined) return undefined;
  if (claim.labels[labels.team] !== teamId) return undefined;
  if (!claim.names.includes(`/${containerName({ teamId, agentType, instanceId })}`)) return undefined;
  return { agentType, instanceId, specHash };
}
