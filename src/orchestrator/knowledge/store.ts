import { and, count, desc, eq, getTableColumns, inArray, lt, ne, type SQL, sql } from 'drizzle-orm';
import type { DocumentKind } from '../../contracts/knowledge.ts';
import type { Queryable } from '../platform/postgres.ts';
import { prepared } from '../platform/prepare.ts';
import { documents, passages } from './tables.ts';

export type DocumentRow = typeof documents.$inferSelect;

export interface Saved {
  readonly id: string;
  readonly isNew: boolean;
}

/** Undefined when it stands there like that already. Of two at once the second waits, and finds what the first has written. */
export async function upsertDocument(db: Queryable, row: DocumentRow): Promise<Saved | undefined> {
  const { id: _id, source: _source, createdAt: _createdAt, ...change } = row;
  const [saved] = await db
    .insert(documents)
    .values(row)
    .onConflictDoUpdate({
      target: documents.source,
      set: change,
      setWhere: ne(documents.contentHash, row.contentHash),
    })
    .returning({ id: documents.id, isNew: sql<boolean>`xmax = 0` });
  return saved;
}

/** In one statement, however many there are. */
export async function replacePassages(db: Queryable, row: DocumentRow, texts: readonly string[]): Promise<void> {
  const { id, kind, owner, title } = row;
  await db.delete(passages).where(eq(passages.documentId, id));
  const changedAt = new Date(row.updatedAt).toISOString();
  await db.execute(sql`
    insert into passages (document_id, position, kind, owner, title, text, changed_at)
    select ${id}::text, given.position - 1, ${kind}::text, ${owner}::text, ${title}::text, given.text, ${changedAt}::timestamptz
    from unnest(${sql.param([...texts])}::text[]) with ordinality as given (text, position)`);
}

const wholeText = sql<string>`(
  select string_agg(${passages.text}, '' order by ${passages.position}) from ${passages}
  where ${passages.documentId} = ${documents.id}
)`;

/** For an operator (null), or an agent: of another's documents it is as if they were not there. */
const readable = sql`(${sql.placeholder('reader')}::text is null or ${documents.owner} is null or ${documents.owner} = ${sql.placeholder('reader')})`;

const documentById = prepared((db) =>
  db
    .select({ ...getTableColumns(documents), text: wholeText })
    .from(documents)
    .where(and(eq(documents.id, sql.placeholder('id')), readable))
    .prepare('document_by_id'),
);

export async function findDocument(
  db: Queryable,
  id: string,
  reader: string | null,
): Promise<(DocumentRow & { text: string }) | undefined> {
  const [row] = await documentById(db).execute({ id, reader });
  return row;
}

export async function lockDocument(db: Queryable, id: string): Promise<DocumentRow | undefined> {
  const [row] = await db.select().from(documents).where(eq(documents.id, id)).for('update');
  return row;
}

/** Their passages go with them. Tells how many there were. */
export async function removeDocuments(db: Queryable, sources: readonly string[]): Promise<number> {
  const { rowCount } = await db.delete(documents).where(inArray(documents.source, [...sources]));
  return rowCount ?? 0;
}

export const stampsOf = (db: Queryable, kind: DocumentKind, prefix: string) =>
  db
    .select({ source: documents.source, contentHash: documents.contentHash })
    .from(documents)
    .where(and(eq(documents.kind, kind), sql`starts_with(${documents.source}, ${prefix})`));

export interface Which {
  readonly kind?: DocumentKind | undefined;
  /** Only what is this agent's own. */
  readonly agent?: string | undefined;
}

export interface DocumentQuery extends Which {
  readonly before?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

export async function listDocuments(db: Queryable, query: DocumentQuery) {
  const where: SQL | undefined = and(
    query.kind === undefined ? undefined : eq(documents.kind, query.kind),
    query.agent === undefined ? undefined : eq(documents.owner, query.agent),
  );
  const rows = await db
    .select()
    .from(documents)
    .where(and(where, query.before === undefined ? undefined : lt(documents.id, query.before)))
    .orderBy(desc(documents.id))
    .limit(query.limit)
    .offset(query.offset);
  const [total] = await db.select({ count: count() }).from(documents).where(where);
  return { rows, total: total?.count ?? 0 };
}
