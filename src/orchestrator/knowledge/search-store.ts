import { and, desc, eq, getTableColumns, isNull, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { DocumentKind } from '../../contracts/knowledge.ts';
import type { Queryable } from '../platform/postgres.ts';
import { prepared } from '../platform/prepare.ts';
import type { DocumentRow } from './store.ts';
import { documents, passages } from './tables.ts';

/** Where to look, on whose behalf. Nothing here may be left out: a question without its asker would be everybody's. */
export interface Scope {
  /** The agent that asks: it finds what is shared and what is its own, nothing else. Null: an operator, who finds all. */
  readonly reader: string | null;
  /** Only this kind; null: all. */
  readonly kind: DocumentKind | null;
  /** Only what is this agent's own; null: all. */
  readonly agent: string | null;
  readonly limit: number;
  /** ISO 8601; what is old counts less. */
  readonly now: string;
}

export interface Found extends DocumentRow {
  /** Of the passage that fits best. */
  readonly text: string;
  readonly score: number;
}

/** Passages that are ranked at all: of more the latest, for ranking reads each of them. */
export const candidatesMax = 300;
const halfLifeDays = 90;
/** What is left of the weight of a document that is as old as can be: right and old goes before new and beside the point. */
const oldWeight = 0.5;

export const given = (name: keyof Scope | 'query' | 'words' | 'vector' | 'similarityMin'): SQL =>
  sql`${sql.placeholder(name)}`;

/** What of it the asker may find and wants to. */
export const within = ({ kind, owner }: { readonly kind: SQLWrapper; readonly owner: SQLWrapper }): SQL | undefined =>
  and(
    or(sql`${given('reader')}::text is null`, isNull(owner), eq(owner, given('reader'))),
    or(sql`${given('kind')}::text is null`, eq(kind, given('kind'))),
    or(sql`${given('agent')}::text is null`, eq(owner, given('agent'))),
  );

/** What is new counts more. */
export function weightOf(changedAt: SQL): SQL {
  const ageDays = sql`greatest(0, extract(epoch from ${given('now')}::timestamptz - ${changedAt}))::float8 / 86400`;
  const freshness = sql`power(0.5::float8, ${ageDays} / ${halfLifeDays}::float8)`;
  return sql`${oldWeight}::float8 + ${1 - oldWeight}::float8 * ${freshness}`;
}

interface Kind {
  readonly name: string;
  readonly question: SQL;
  readonly rank: SQL;
}

/**
 * The documents of which a passage fits, each with its best one. What cannot be looked up (only `-without`) finds nothing.
 * `asked` stands in a query of its own, so that it is made once and not for each row, and so that the plan does not depend on
 * the words: for common ones the planner would rather read all passages, and does not know how dear that is.
 */
const passagesThatFit = (db: Queryable, { name, question, rank }: Kind) => {
  const asked = sql`(select ${question})`;
  const candidates = db
    .select({
      documentId: passages.documentId,
      position: passages.position,
      changedAt: passages.changedAt,
      words: passages.words,
    })
    .from(passages)
    .where(and(sql`${passages.words} @@ ${asked}`, sql`querytree(${asked}) not in ('', 'T')`, within(passages)))
    .orderBy(desc(passages.changedAt))
    .limit(candidatesMax);
  const best = sql`(
    select document_id, position, score
    from (
      select distinct on (document_id) document_id, position, score
      from (
        select document_id, position, ${rank}(words, ${asked}, 1) * (${weightOf(sql`changed_at`)}) as score from ${candidates} candidates
      ) ranked
      order by document_id, score desc, position
    ) one_each
    order by score desc, document_id desc
    limit ${given('limit')}::int
  ) best`;
  const score = sql<number>`best.score`;
  return db
    .select({ ...getTableColumns(documents), text: passages.text, score })
    .from(best)
    .innerJoin(documents, sql`${documents.id} = best.document_id`)
    .innerJoin(passages, and(sql`${passages.documentId} = best.document_id`, sql`${passages.position} = best.position`))
    .orderBy(desc(score), desc(documents.id))
    .prepare(name);
};

/** As the web's search engines take a question, in either language. */
const everyWord = prepared((db) => {
  const query = given('query');
  const question = sql`websearch_to_tsquery('boardroom_german', ${query}) || websearch_to_tsquery('boardroom_english', ${query})`;
  // All the words are there: how close together they stand tells the better ones.
  return passagesThatFit(db, { name: 'passages_with_every_word', question, rank: sql`ts_rank_cd` });
});

const someWords = prepared((db) => {
  const question = sql`${given('query')}::tsquery`;
  // How many of the words are there.
  return passagesThatFit(db, { name: 'passages_with_some_words', question, rank: sql`ts_rank` });
});

export const findByEveryWord = (db: Queryable, query: string, scope: Scope): Promise<Found[]> =>
  everyWord(db).execute({ query, ...scope });

export const findByLooseQuery = (db: Queryable, query: string, scope: Scope): Promise<Found[]> =>
  someWords(db).execute({ query, ...scope });

/**
 * Any two of the words, and any one or what begins with it (`Frist` finds `Fristverlängerung`): as queries of Postgres's, fewer
 * where too few words are left without those that say nothing.
 */
export async function looseQueries(db: Queryable, words: readonly string[]): Promise<string[]> {
  const { rows } = await db.execute<{ two: string | null; one: string | null }>(sql`
    with given as (
      select place, plainto_tsquery('boardroom_german', word) || plainto_tsquery('boardroom_english', word) as asked
      from unnest(${sql.param([...words])}::text[]) with ordinality as words (word, place)
    ), kept as (select place, '(' || asked::text || ')' as asked from given where numnode(asked) > 0)
    select
      (select string_agg(a.asked || ' & ' || b.asked, ' | ') from kept a join kept b on a.place < b.place) as two,
      (select string_agg(regexp_replace(asked, '''([^'']{4,})''', '''\\1'':*', 'g'), ' | ') from kept) as one`);
  return [rows[0]?.two, rows[0]?.one].flatMap((query) => query ?? []);
}
