import type { BoardroomEvent } from '../../contracts/event.ts';
import { onOneLine } from './clean.ts';
import type { Format } from './screen.ts';

/** One event on one line: place, hour, kind, who acted, what it is about. */
export function eventLine({ seq, createdAt, eventType, payload }: BoardroomEvent, { hour, line }: Format): string {
  const { actor, ...rest } = payload;
  return line(
    `${String(seq).padStart(6)}  ${hour(createdAt)}  ${eventType.padEnd(22)}  ${wordOf(actor)}  ${aboutOf(rest)}`.trimEnd(),
  );
}

/** A person's words first; ids are for those who look them up. */
const telling = [
  'agentType',
  'domain',
  'title',
  'vote',
  'status',
  'outcome',
  'message',
  'result',
  'reason',
  'summary',
  'because',
];

function aboutOf(payload: BoardroomEvent['payload']): string {
  const told = telling.flatMap((name) => (name in payload ? [wordOf(payload[name])] : []));
  const rest = Object.entries(payload).map(([name, value]) => `${name} ${wordOf(value)}`);
  return (told.length > 0 ? told : rest).filter((word) => word !== '').join(', ');
}

function wordOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return onOneLine(typeof value === 'object' ? JSON.stringify(value) : String(value));
}
