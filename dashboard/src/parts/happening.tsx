import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import type { BoardroomEvent, EventType } from '../../../src/contracts/event.ts';
import { nameOf } from './names.ts';
import type { Tone } from './tone.ts';

/** Values of a payload that name somebody. */
const people = new Set([
  'actor',
  'agentType',
  'assignedTo',
  'createdBy',
  'from',
  'proposedBy',
  'requestedBy',
  'voterType',
]);

/** An event as a sentence of the reader's language. */
export function useSentence(): (event: BoardroomEvent) => string {
  const t = useTranslations('happenings');
  return useCallback(
    ({ eventType, payload }) => {
      const values: Record<string, string | number> = {};
      for (const [name, value] of Object.entries(payload)) {
        if (typeof value === 'number') values[name] = value;
        if (typeof value === 'string') values[name] = people.has(name) ? nameOf(value) : shorten(value);
      }
      // Which values a sentence takes depends on the kind; the types of all sentences together say that it takes none.
      return (t as unknown as (key: EventType, values: Record<string, string | number>) => string)(eventType, values);
    },
    [t],
  );
}

const sentencePartMax = 160;
const shorten = (text: string): string => (text.length > sentencePartMax ? `${text.slice(0, sentencePartMax)}…` : text);

/** Kinds that are good or bad news by themselves; the rest is work going on. */
const tones: Partial<Record<EventType, Tone>> = {
  agent_started: 'felt',
  agent_exited: 'blood',
  agent_failed: 'blood',
  agent_paused: 'brass',
  alert_raised: 'blood',
  alert_cleared: 'felt',
  task_completed: 'felt',
  task_failed: 'blood',
  decision_proposed: 'sky',
  decision_voted: 'sky',
  decision_resolved: 'felt',
  escalation_created: 'brass',
  escalation_resolved: 'felt',
  action_failed: 'blood',
  domain_requested: 'brass',
  domain_approved: 'felt',
  egress_denied: 'blood',
  budget_warning: 'brass',
  budget_exhausted: 'blood',
  job_failed: 'blood',
  notification_failed: 'blood',
};

export const toneOf = ({ eventType }: BoardroomEvent): Tone => tones[eventType] ?? 'plain';

/** The page that tells more of what an event is about. */
export function placeOf({ payload }: BoardroomEvent): string | undefined {
  const { decisionId, taskId, agentType, domain } = payload;
  if (typeof decisionId === 'string') return `/decisions/${decisionId}`;
  if (typeof taskId === 'string') return `/tasks/${taskId}`;
  if (typeof domain === 'string') return '/domains';
  return typeof agentType === 'string' ? `/agents/${agentType}` : undefined;
}
