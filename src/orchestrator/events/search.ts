import type { BoardroomEvent } from '../../contracts/event.ts';
import type { Queryable } from '../platform/postgres.ts';
import {
  type Direction,
  type EventFilter,
  firstSince,
  lastBefore,
  lookThrough,
  readPlaces,
  type Stretch,
} from './search-store.ts';
import { readEvents, readHorizon } from './store.ts';

/** With `after` oldest first, else newest first. */
export interface EventSearch extends EventFilter {
  readonly limit: number;
  readonly after?: number | undefined;
  readonly before?: number | undefined;
}

export interface Found {
  readonly events: BoardroomEvent[];
  /** The search was cut short: all up to this place is seen, and it goes on from there. */
  readonly scannedTo?: number;
}

/** Events that one search looks at, step by step: few when they are found at once, and never more than all of these. */
const steps = [500, 2_000, 8_000] as const;

/** However long the log is and however seldom what is looked for, one search costs no more than its steps. */
export async function searchEvents(db: Queryable, search: EventSearch): Promise<Found> {
  const { after, before, limit } = search;
  if (isPlain(search)) return { events: await readEvents(db, { after, before, limit }) };
  const direction: Direction = after === undefined ? 'older' : 'newer';
  let stretch = await stretchOf(db, search);
  const places: number[] = [];
  for (const rowsMax of steps) {
    if (stretch === undefined) break;
    const { found, edge } = await lookThrough(db, { filter: search, stretch, direction, rowsMax });
    places.push(...found);
    const isEnough = edge === undefined || places.length >= limit;
    stretch = isEnough ? undefined : beyond(stretch, direction, edge);
  }
  const events = await readPlaces(db, places.slice(0, limit));
  if (stretch === undefined) return { events };
  return { events, scannedTo: direction === 'older' ? stretch.before : stretch.after };
}

const isPlain = ({ types, agentType, text, from, to }: EventSearch): boolean =>
  [types, agentType, text, from, to].every((part) => part === undefined);

const beyond = (stretch: Stretch, direction: Direction, edge: number): Stretch =>
  direction === 'older' ? { ...stretch, before: edge } : { ...stretch, after: edge };

/** Where in the log it can be; undefined: nowhere. Never beyond the horizon, so that any place it shows is a safe cursor. */
async function stretchOf(db: Queryable, { after, before, from, to }: EventSearch): Promise<Stretch | undefined> {
  const horizon = await readHorizon(db);
  const first = from === undefined ? 0 : await firstSince(db, from);
  const last = to === undefined ? horizon : await lastBefore(db, to);
  if (first === undefined || last === undefined) return undefined;
  return {
    after: Math.max(after ?? -1, first - 1),
    before: Math.min(before ?? Number.MAX_SAFE_INTEGER, last + 1, horizon + 1),
  };
}
