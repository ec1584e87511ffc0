import type { BoardroomEvent } from '../../../../src/contracts/event.ts';
import type { JsonValue } from '../../../../src/contracts/primitives.ts';
import { type EventsSearch, typesOf } from './search.ts';

/** The address as the route takes it. */
export function queryOf(search: EventsSearch) {
  const types = typesOf(search);
  return {
    type: types.length === 0 ? undefined : types.join(','),
    agent: search.agent,
    text: search.text,
    from: search.from,
    to: search.to,
  };
}

/** Whether an event that has just happened is among those asked for: the same rule by which the orchestrator finds them. */
export function matches(event: BoardroomEvent, search: EventsSearch): boolean {
  const { agent, text, from, to } = search;
  const types = typesOf(search);
  const at = Date.parse(event.createdAt);
  return (
    (types.length === 0 || types.includes(event.eventType)) &&
    (agent === undefined || agentOf(event) === agent) &&
    (from === undefined || at >= Date.parse(from)) &&
    (to === undefined || at < Date.parse(to)) &&
    (text === undefined || holds(event.eventType, text) || holds(event.payload, text))
  );
}

/** The agent an event is about, or else the one that acted. */
export function agentOf({ payload, sourceAgent }: BoardroomEvent): string | undefined {
  const agent = payload['agentType'] ?? payload['assignedTo'] ?? (sourceAgent === null ? undefined : payload['actor']);
  return typeof agent === 'string' ? agent : undefined;
}

function holds(value: JsonValue, text: string): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some((part) => holds(part, text));
  return typeof value !== 'boolean' && value !== null && String(value).toLowerCase().includes(text.toLowerCase());
}
