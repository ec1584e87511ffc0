import { and, desc, eq, getTableColumns, sql } from 'drizzle-orm';
import type { Queryable } from '../platform/postgres.ts';
import { prepared } from '../platform/prepare.ts';
import { candidatesMax, type Found, given, type Scope, within } from './search-store.ts';
import { documents, passages } from './tables.ts';

/** From here on words count as spelt alike: two letters that changed places are one slip. The migration says the same of titles. */
const likenessMin = 0.45;

/** Whether the database compares by trigrams: where it may not have pg_trgm, the migration leaves this out. */
export async function comparesSpelling(db: Queryable): Promise<boolean> {
  const { rows } = await db.execute<{ there: boolean }>(
    sql`select to_regprocedure('documents_spelt_like(text)') is not null as there`,
  );
  return rows[0]?.there === true;
}

const titles = prepared((db) => {
  const score = sql<number>`alike.likeness`;
  return db
    .select({ ...getTableColumns(documents), text: passages.text, score })
    .from(sql`documents_spelt_like(${given('query')}) alike`)
    .innerJoin(documents, sql`${documents.id} = alike.id`)
    .innerJoin(passages, and(eq(passages.documentId, documents.id), eq(passages.position, 0)))
    .where(within(documents))
    .orderBy(desc(score), desc(documents.id))
    .limit(sql.placeholder('limit'))
    .prepare('documents_spelt_like');
});

/** The documents whose titles are spelt like the question or a part of it. */
export const findByTitleSpelt = (db: Queryable, query: string, { now: _, ...scope }: Scope): Promise<Found[]> =>
  titles(db).execute({ query, ...scope });

/** Words that begin as the lexemes of these do; what has a slip in its first half is not among them. */
const beginnings = sql`(
  select string_agg(quote_literal(left(lexeme, greatest(3, (length(lexeme) + 1) / 2))) || ':*', ' | ')::tsquery
  from unnest(${given('words')}::text[]) word,
    unnest(tsvector_to_array(to_tsvector('boardroom_german', word) || to_tsvector('boardroom_english', word))) lexeme
  where length(lexeme) >= 5
)`;

const texts = prepared((db) => {
  const candidates = db
    .select({ documentId: passages.documentId, position: passages.position, text: passages.text })
    .from(passages)
    .where(and(sql`${passages.words} @@ ${beginnings}`, within(passages)))
    .orderBy(desc(passages.changedAt))
    .limit(candidatesMax);
  const alike = sql`(
    select distinct on (document_id) document_id, text, likeness
    from ${candidates} candidates, lateral (
      select max(word_similarity(word, text)) as likeness from unnest(${given('words')}::text[]) word where length(word) >= 5
    ) compared
    where likeness >= ${likenessMin}::real
    order by document_id, likeness desc, position
  ) alike`;
  const score = sql<number>`alike.likeness`;
  return db
    .select({ ...getTableColumns(documents), text: sql<string>`alike.text`, score })
    .from(alike)
    .innerJoin(documents, sql`${documents.id} = alike.document_id`)
    .orderBy(desc(score), desc(documents.id))
    .limit(sql.placeholder('limit'))
    .prepare('passages_spelt_like');
});

/**
 * The documents that hold a word which is spelt like one of these and begins like it: what begins like it is looked up, and only
 * the latest of that is compared letter by letter.
 */
export const findByWordsSpelt = (
  db: Queryable,
  words: readonly string[],
  { now: _, ...scope }: Scope,
): Promise<Found[]> => texts(db).execute({ words, ...scope });
