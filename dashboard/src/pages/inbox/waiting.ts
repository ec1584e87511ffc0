import type { DomainRequest } from '../../../../src/contracts/domain.ts';
import type { Escalation, EscalationPriority } from '../../../../src/contracts/escalation.ts';

/** One thing that waits for a human. */
export type Waiting = { readonly id: string; readonly createdAt: string; readonly priority: EscalationPriority } & (
  | {
      readonly kind: 'escalation';
      readonly escalation: Escalation;
      /** Until when it should be answered: then its channels are reminded. */
      readonly dueAt: string | undefined;
    }
  | { readonly kind: 'domain'; readonly request: DomainRequest }
);

type Settings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const urgency: readonly EscalationPriority[] = ['critical', 'high', 'normal'];

interface Sources {
  readonly escalations: readonly Escalation[];
  readonly requests: readonly DomainRequest[];
  readonly settings: Settings | undefined;
}

/** Everything in one list, most urgent first, and of the same urgency what has waited longest. */
export function waitingOf({ escalations, requests, settings }: Sources): Waiting[] {
  const all: Waiting[] = [
    ...escalations.map((escalation) => ({
      kind: 'escalation' as const,
      escalation,
      id: escalation.id,
      createdAt: escalation.createdAt,
      priority: escalation.priority,
      dueAt: dueAt(escalation, settings),
    })),
    ...requests.map((request) => ({
      kind: 'domain' as const,
      request,
      id: request.id,
      createdAt: request.createdAt,
      priority: 'normal' as const,
    })),
  ];
  return all.sort(
    (a, b) =>
      urgency.indexOf(a.priority) - urgency.indexOf(b.priority) || Date.parse(a.createdAt) - Date.parse(b.createdAt),
  );
}

function dueAt({ priority, createdAt }: Escalation, settings: Settings | undefined): string | undefined {
  const seconds = settings?.['escalation']?.[`timeout_${priority}`];
  return typeof seconds === 'number' ? new Date(Date.parse(createdAt) + seconds * 1_000).toISOString() : undefined;
}

/** Where to go when this one is done: the next below, at the end of the list the one above. */
export function neighbourOf(items: readonly Waiting[], id: string): Waiting | undefined {
  const index = items.findIndex((item) => item.id === id);
  return items[index + 1] ?? items.filter((item) => item.id !== id).at(-1);
}

/** One step down or up from where one is; from nowhere to the first. */
export function stepFrom(items: readonly Waiting[], id: string | undefined, step: 1 | -1): Waiting | undefined {
  const index = items.findIndex((item) => item.id === id);
  if (index === -1) return items[0];
  return items[Math.min(items.length - 1, Math.max(0, index + step))];
}

/** The agent that an escalation is about; that of a circle names what it circles around, too. */
export const agentOf = ({ subject }: Escalation): string => subject.split('/')[0] ?? subject;
