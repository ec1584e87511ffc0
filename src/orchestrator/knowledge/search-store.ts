import { and, desc, eq, getTableColumns, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '../platform/postgres.ts';
import type { DocumentRow, Which } from './store.ts';
import { documents, passages } from './tables.ts';

export interface Scope extends Which {
  /** The agent that asks: it finds what is shared and what is its own, nothing else. Unset: an operator, who finds all. */
  readonly reader?: string | undefined;
  readonly limit: number;
  /** Milliseconds since 1970: what is old counts less. */
  readonly now: number;
}

export interface Found extends DocumentRow {
  /** Of the passage that fits best. */
  readonly text: string;
  readonly score: number;
}

/** Passages that are ranked at all: of more the latest, so that a common word costs no more than a rare one. */
const candidatesMax = 300;
const halfLifeDays = 90;
/** What is left of the weight of a document that is as old as can be: right and old goes before new and beside the point. */
const oldWeight = 0.5;

/** A question as the web's search engines take it, in either language. */
export const everyWordOf = (query: string): SQL =>
  sql`(websearch_to_tsquery('boardroom_german', ${query}) || websearch_to_tsquery('boardroom_english', ${query}))`;

const writtenQuery = (query: string): SQL => sql`${query}::tsquery`;

/**
 * Any two of the words, and any one or what begins with it (`Frist` finds `Fristverlängerung`); null where too few of them
 * are left without those that say nothing.
 */
export async function looseQueries(db: Queryable, words: readonly string[]): Promise<(SQL | null)[]> {
  const { rows } = await db.execute<{ two: string | null; one: string | null }>(sql`
    with given as (
      select place, plainto_tsquery('boardroom_german', word) || plainto_tsquery('boardroom_english', word) as asked
      from unnest(${sql.param([...words])}::text[]) with ordinality as words (word, place)
    ), kept as (select place, '(' || asked::text || ')' as asked from given where numnode(asked) > 0)
    select
      (select string_agg(a.asked || ' & ' || b.asked, ' | ') from kept a join kept b on a.place < b.place) as two,
      (select string_agg(regexp_replace(asked, '''([^'']{4,})''', '''\\1'':*', 'g'), ' | ') from kept) as one`);
  return [rows[0]?.two, rows[0]?.one].map((query) => (query ? writtenQuery(query) : null));
}

const within = (
  { kind, owner }: Pick<typeof documents | typeof passages, 'kind' | 'owner'>,
  { kind: asked, agent, reader }: Scope,
): SQL | undefined =>
  and(
    reader === undefined ? undefined : or(isNull(owner), eq(owner, reader)),
    asked === undefined ? undefined : eq(kind, asked),
    agent === undefined ? undefined : eq(owner, agent),
  );

/** The documents of which a passage fits, each with its best one. What cannot be looked up (only `-without`) finds nothing. */
export async function findByWords(db: Queryable, asked: SQL, scope: Scope): Promise<Found[]> {
  const age = sql`greatest(0, extract(epoch from ${new Date(scope.now).toISOString()}::timestamptz - changed_at))::float8`;
  const weight = sql`(${oldWeight}::float8 + ${1 - oldWeight}::float8 * power(0.5::float8, ${age} / ${halfLifeDays * 86_400}::float8))`;
  const candidates = db
    .select({
      documentId: passages.documentId,
      position: passages.position,
      changedAt: passages.changedAt,
      words: passages.words,
    })
    .from(passages)
    .where(and(sql`${passages.words} @@ ${asked}`, sql`querytree(${asked}) not in ('', 'T')`, within(passages, scope)))
    .orderBy(desc(passages.changedAt))
    .limit(candidatesMax);
  const best = sql`(
    select distinct on (document_id) document_id, position, score
    from (
      select document_id, position, ts_rank_cd(words, ${asked}, 1) * ${weight} as score from ${candidates} candidates
    ) ranked
    order by document_id, score desc, position
  ) best`;
  const score = sql<number>`best.score`;
  return db
    .select({ ...getTableColumns(documents), text: passages.text, score })
    .from(best)
    .innerJoin(documents, sql`${documents.id} = best.document_id`)
    .innerJoin(passages, and(sql`${passages.documentId} = best.document_id`, sql`${passages.position} = best.position`))
    .orderBy(desc(score), desc(documents.id))
    .limit(scope.limit);
}

/** Whether the database compares by trigrams: where it may not have pg_trgm, the migration leaves this out. */
export async function comparesSpelling(db: Queryable): Promise<boolean> {
  const { rows } = await db.execute<{ there: boolean }>(
    sql`select to_regprocedure('documents_spelt_like(text)') is not null as there`,
  );
  return rows[0]?.there === true;
}

/** The documents whose titles are spelt like the question or a part of it. */
export async function findBySpelling(db: Queryable, query: string, scope: Scope): Promise<Found[]> {
  const score = sql<number>`alike.likeness`;
  return db
    .select({ ...getTableColumns(documents), text: passages.text, score })
    .from(sql`documents_spelt_like(${query}) alike`)
    .innerJoin(documents, sql`${documents.id} = alike.id`)
    .innerJoin(passages, and(eq(passages.documentId, documents.id), eq(passages.position, 0)))
    .where(within(documents, scope))
    .orderBy(desc(score), desc(documents.id))
    .limit(scope.limit);
}
