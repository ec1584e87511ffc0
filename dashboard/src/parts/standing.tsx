import { useTranslations } from 'use-intl';
import type { AgentStatus } from '../../../src/contracts/agent.ts';
import type { DecisionStatus, Vote } from '../../../src/contracts/decision.ts';
import type { Tier } from '../../../src/contracts/policy.ts';
import type { Priority, TaskStatus } from '../../../src/contracts/task.ts';
import { Badge } from './badge.tsx';
import type { Tone } from './tone.ts';

const agentTones: Record<AgentStatus, Tone> = {
  stopped: 'plain',
  starting: 'sky',
  running: 'felt',
  unresponsive: 'blood',
  stopping: 'sky',
  backing_off: 'brass',
  failed: 'blood',
};

interface AgentLike {
  readonly status: AgentStatus;
  readonly pausedBy: string | null;
}

export const agentTone = ({ status, pausedBy }: AgentLike): Tone => (pausedBy === null ? agentTones[status] : 'brass');

export function useAgentWord(): (agent: AgentLike) => string {
  const t = useTranslations('states');
  return ({ status, pausedBy }) => t(pausedBy === null ? `agent_${status}` : 'agent_paused');
}

export const AgentStanding = ({ agent }: { readonly agent: AgentLike }) => (
  <Badge tone={agentTone(agent)}>{useAgentWord()(agent)}</Badge>
);

const decisionTones: Record<DecisionStatus, Tone> = {
  pending: 'sky',
  approved: 'felt',
  vetoed: 'blood',
  escalated: 'brass',
  rejected: 'blood',
  withdrawn: 'plain',
};

export const DecisionStanding = ({ status }: { readonly status: DecisionStatus }) => (
  <Badge tone={decisionTones[status]}>{useTranslations('states')(`decision_${status}`)}</Badge>
);

const taskTones: Record<TaskStatus, Tone> = {
  pending: 'plain',
  in_progress: 'sky',
  completed: 'felt',
  failed: 'blood',
  cancelled: 'plain',
};

export const TaskStanding = ({ status }: { readonly status: TaskStatus }) => (
  <Badge tone={taskTones[status]}>{useTranslations('states')(`task_${status}`)}</Badge>
);

const priorityTones: Record<Priority, Tone> = {
  critical: 'blood',
  urgent: 'brass',
  high: 'brass',
  normal: 'plain',
  low: 'plain',
  operational: 'plain',
};

export const PriorityMark = ({ priority }: { readonly priority: Priority }) => (
  <Badge tone={priorityTones[priority]}>{useTranslations('states')(`priority_${priority}`)}</Badge>
);

const tierTones: Record<Tier, Tone> = { operational: 'plain', minor: 'plain', major: 'sky', critical: 'blood' };

export const TierMark = ({ tier }: { readonly tier: Tier }) => (
  <Badge tone={tierTones[tier]}>{useTranslations('states')(`tier_${tier}`)}</Badge>
);

const voteTones: Record<Vote, Tone> = { approve: 'felt', veto: 'blood', abstain: 'plain' };

export const VoteMark = ({ vote }: { readonly vote: Vote }) => (
  <Badge tone={voteTones[vote]}>{useTranslations('states')(`vote_${vote}`)}</Badge>
);
