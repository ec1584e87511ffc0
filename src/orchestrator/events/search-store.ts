import { and, type Column, eq, gte, inArray, lt, type SQL, sql } from 'drizzle-orm';
import type { BoardroomEvent, EventType } from '../../contracts/event.ts';
import type { Queryable } from '../platform/postgres.ts';
import { toEvent } from './store.ts';
import { events } from './tables.ts';

/** What an event must be to be found. Moments are milliseconds since 1970; `to` is not within. */
export interface EventFilter {
  readonly types?: readonly EventType[] | undefined;
  readonly agentType?: string | undefined;
  /** Anywhere in its type or in a value of its payload, in capitals or not; nothing in it has a meaning of its own. */
  readonly text?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Places between these two, neither within. */
export interface Stretch {
  readonly after: number;
  readonly before: number;
}

export type Direction = 'older' | 'newer';

const ways = {
  older: { order: sql`desc`, furthest: sql`min`, nearest: sql`max`, isWithin: sql`looked.seq >= edge.seq` },
  newer: { order: sql`asc`, furthest: sql`max`, nearest: sql`min`, isWithin: sql`looked.seq <= edge.seq` },
};

interface Look {
  readonly filter: EventFilter;
  readonly stretch: Stretch;
  readonly direction: Direction;
  readonly rowsMax: number;
}

/**
 * Looks at so many events at most, along an index: those of each type asked for, else of the agent, else all. Says which
 * places match and, when it did not come to the end of the stretch, up to where it has seen all.
 */
export async function lookThrough(db: Queryable, { filter, stretch, direction, rowsMax }: Look) {
  const { names, column } = keysOf(filter);
  const rows = Math.ceil(rowsMax / names.length);
  const { order, furthest, nearest, isWithin } = ways[direction];
  const result = await db.execute<{ edge: string | null; found: string[] | null }>(sql`
    with looked as materialized (
      select kind.name, place.seq, place.matches
      from unnest(${sql.param(names)}::text[]) as kind(name)
      cross join lateral (
        select ${events.seq}, ${matching(filter)} as matches from ${events}
        where ${within(stretch, column)}
        order by ${column === undefined ? sql`` : sql`${column} ${order},`} ${events.seq} ${order} limit ${rows}
      ) as place
    ), edge as (
      select ${nearest}(seen.seq) as seq
      from (select ${furthest}(seq) as seq from looked group by name having count(*) = ${rows}) as seen
    )
    select
      (select seq from edge) as edge,
      (select array_agg(looked.seq order by looked.seq ${order}) from looked, edge
        where looked.matches and (edge.seq is null or ${isWithin})) as found`);
  const [{ edge, found } = { edge: null, found: null }] = result.rows;
  return { found: (found ?? []).map(Number), edge: edge === null ? undefined : Number(edge) };
}

/**
 * The index to go along, and where in it: the types', else the agents', else that of all places. Bounds and order are written in
 * its own terms, pairs of key and place: by no other way can the database find that order, however it guesses how much there is.
 */
function keysOf({ types = [], agentType }: EventFilter) {
  if (types.length > 0) return { names: [...types], column: events.eventType };
  if (agentType !== undefined) return { names: [agentType], column: events.agentType };
  return { names: ['all'], column: undefined };
}

function within({ after, before }: Stretch, column: Column | undefined): SQL {
  if (column === undefined) return sql`${events.seq} > ${after} and ${events.seq} < ${before}`;
  const place = sql`(${column}, ${events.seq})`;
  return sql`${place} > (kind.name, ${after}::bigint) and ${place} < (kind.name, ${before}::bigint)`;
}

const matching = ({ agentType, text, from, to }: EventFilter): SQL =>
  and(
    agentType === undefined ? undefined : sql`coalesce(${eq(events.agentType, agentType)}, false)`,
    from === undefined ? undefined : gte(events.createdAt, from),
    to === undefined ? undefined : lt(events.createdAt, to),
    text === undefined ? undefined : holds(text),
  ) ?? sql`true`;

/** Small letters are made here: a database without a language knows those of ASCII only. First as the JSON spells it, which is quick to see; then that it stands in a value, and not in a name or across two. */
function holds(text: string): SQL {
  const wanted = text.toLowerCase();
  const spelled = JSON.stringify(wanted).slice(1, -1);
  return sql`(position(${wanted} in ${events.eventType}) > 0 or (
    position(${spelled} in lower(${events.payload}::text)) > 0 and exists (
      select from jsonb_path_query(${events.payload}, '$.**') as part(value)
      where jsonb_typeof(value) in ('string', 'number') and position(${wanted} in lower(value #>> '{}')) > 0
    )))`;
}

/** Clocks of replicas differ, and are set: near a moment the order of the log is not that of time. So many neighbours are asked. */
const neighbours = 1_000;

/** The first place of an event from this moment on; undefined when there is none. */
export async function firstSince(db: Queryable, moment: number): Promise<number | undefined> {
  const near = db
    .select({ seq: events.seq })
    .from(events)
    .where(gte(events.createdAt, moment))
    .orderBy(events.createdAt)
    .limit(neighbours);
  return placeOf(db, sql`select min(seq) as seq from ${near.as('near')}`);
}

/** The last place of an event before this moment; undefined when there is none. */
export async function lastBefore(db: Queryable, moment: number): Promise<number | undefined> {
  const near = db
    .select({ seq: events.seq })
    .from(events)
    .where(lt(events.createdAt, moment))
    .orderBy(sql`${events.createdAt} desc`)
    .limit(neighbours);
  return placeOf(db, sql`select max(seq) as seq from ${near.as('near')}`);
}

async function placeOf(db: Queryable, query: SQL): Promise<number | undefined> {
  const { rows } = await db.execute<{ seq: string | null }>(query);
  const seq = rows[0]?.seq ?? null;
  return seq === null ? undefined : Number(seq);
}

/** In the order of the places. */
export async function readPlaces(db: Queryable, seqs: readonly number[]): Promise<BoardroomEvent[]> {
  if (seqs.length === 0) return [];
  const rows = await db
    .select()
    .from(events)
    .where(inArray(events.seq, [...seqs]));
  const bySeq = new Map(rows.map((row) => [row.seq, toEvent(row)]));
  // What retention has taken away in between is no longer there.
  return seqs.flatMap((seq) => bySeq.get(seq) ?? []);
}
