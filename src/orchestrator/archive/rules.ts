import type { DecisionDetail } from '../../contracts/decision.ts';
import type { Task } from '../../contracts/task.ts';

/** What is kept of something for those who search: everybody's, unless it has an owner. */
export interface Memory {
  readonly source: string;
  readonly kind: 'task' | 'decision' | 'history';
  readonly owner: string | null;
  readonly title: string;
  readonly text: string;
  readonly at: number;
}

const paragraphs = (...parts: readonly (string | undefined)[]) => parts.filter((part) => part).join('\n\n');

export const memoryOfTask = (task: Task): Memory => ({
  source: `task:${task.id}`,
  kind: 'task',
  owner: null,
  title: task.title,
  text: paragraphs(
    task.description,
    `${task.status} by ${task.assignedTo}, given by ${task.createdBy}`,
    task.result ? `Result: ${task.result}` : undefined,
  ),
  at: Date.parse(task.completedAt ?? task.createdAt),
});

export const memoryOfDecision = (decision: DecisionDetail): Memory => ({
  source: `decision:${decision.id}`,
  kind: 'decision',
  owner: null,
  title: decision.title,
  text: paragraphs(
    decision.description,
    `${decision.status}, proposed by ${decision.proposedBy}: ${decision.because}`,
    decision.votes
      .map(({ voterType, vote, reason, round }) => `${voterType} (round ${round}): ${vote}. ${reason}`.trim())
      .join('\n'),
    decision.statements.map(({ agentType, statement }) => `${agentType}: ${statement}`).join('\n'),
  ),
  at: Date.parse(decision.resolvedAt ?? decision.createdAt),
});

/** One thing that an agent did. */
export interface Deed {
  readonly agentType: string;
  readonly at: number;
  readonly summary: string;
}

const dayMs = 86_400_000;
export const dayOf = (at: number): number => Math.floor(at / dayMs) * dayMs;

/** Of each agent and day one memory, the agent's own; what it did again and again is said once, with how often. */
export function memoriesOfDeeds(deeds: readonly Deed[]): Memory[] {
  const days = new Map<string, Deed[]>();
  for (const deed of deeds) {
    const name = `${deed.agentType}:${new Date(deed.at).toISOString().slice(0, 10)}`;
    days.set(name, [...(days.get(name) ?? []), deed]);
  }
  return [...days].map(([name, done]) => ({
    source: `history:${name}`,
    kind: 'history',
    owner: name.slice(0, name.indexOf(':')),
    title: `What ${name.replace(':', ' did on ')}`,
    text: consolidated(done.map(({ summary }) => summary)),
    at: Math.max(...done.map(({ at }) => at)),
  }));
}

function consolidated(summaries: readonly string[]): string {
  const times = new Map<string, number>();
  for (const summary of summaries) times.set(summary, (times.get(summary) ?? 0) + 1);
  return [...times].map(([summary, count]) => (count > 1 ? `${summary} (${count} times)` : summary)).join('\n');
}
