import { desc, getTableColumns, sql } from 'drizzle-orm';
import type { Queryable, Tx } from '../platform/postgres.ts';
import { prepared } from '../platform/prepare.ts';
import { type Found, given, type Scope, weightOf, within } from './search-store.ts';
import { type Space, tableOf, typeOf } from './spaces.ts';
import { documents, passages } from './tables.ts';

/** Passages that are looked at, the nearest; of one document only the nearest counts. */
const nearestMax = 50;

interface Alike extends Scope {
  /** As pgvector writes it. */
  readonly vector: string;
  readonly similarityMin: number;
}

export type SearchOfSpace = (db: Queryable, asked: Alike) => Promise<Found[]>;

/**
 * The documents of which a passage is near in meaning, each with its nearest one. Outside any transaction, whose begin and end
 * would cost as much as the walk along the index; how that walks is set for each connection (platform/postgres.ts).
 */
export function searchOf(space: Space): SearchOfSpace {
  // Written out once: that takes longer than to find something.
  const statement = prepared((db) => alike(db, space));
  return (db, asked) => statement(db).execute({ ...asked });
}

/**
 * Without a name, so that the server plans it for each question anew: whether to walk along the index of vectors, or to compare
 * all that the asker may see, depends on how much that is. A plan for everybody compares all, which takes twenty times as long.
 */
const nameless = '';

function alike(db: Queryable, space: Space) {
  const owned = { kind: sql`v.kind`, owner: sql`v.owner` };
  const distance = sql`v.embedding <=> ${given('vector')}::${typeOf(space)}`;
  // The sort needs the bare operator, and the bound a plain number, for the index to be of use.
  const nearest = sql`
    select v.document_id, v.position, v.document_hash, 1 - (${distance}) as likeness from ${tableOf(space)} v
    where ${within(owned)} and v.embedding is not null
    order by ${distance} limit ${sql.raw(String(nearestMax))}`;
  // What is told of a document is read of those alone that are told of.
  const best = sql`(
    select * from (
      select distinct on (d.id) d.id, nearest.position, nearest.likeness * (${weightOf(sql`d.updated_at`)}) as score
      from (${nearest}) nearest
      join ${documents} d on d.id = nearest.document_id and d.content_hash = nearest.document_hash
      where nearest.likeness >= ${given('similarityMin')}::float8 and ${within({ kind: sql`d.kind`, owner: sql`d.owner` })}
      order by d.id, nearest.likeness desc, nearest.position
    ) one_each
    order by score desc, id desc limit ${given('limit')}::int
  ) best`;
  const score = sql<number>`best.score`;
  return db
    .select({ ...getTableColumns(documents), text: passages.text, score })
    .from(best)
    .innerJoin(documents, sql`${documents.id} = best.id`)
    .innerJoin(passages, sql`${passages.documentId} = best.id and ${passages.position} = best.position`)
    .orderBy(desc(score), desc(documents.id))
    .prepare(nameless);
}

/** A document in the version that is to be embedded, and what there is of it already. */
export interface Pending {
  readonly id: string;
  readonly contentHash: string;
  readonly title: string;
  readonly texts: readonly string[];
  /** By position. */
  readonly textHashes: ReadonlyMap<number, string>;
}

/** Each version of a document writes its first passage last, as it were: all of them in one transaction. */
const isPending = (space: Space) => sql`not exists (
  select from ${tableOf(space)} v where v.document_id = ${documents.id} and v.position = 0 and v.document_hash = ${documents.contentHash}
)`;

/** The newest first; those with ids below `before`, when given. */
export async function findPending(
  db: Queryable,
  space: Space,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Pending[]> {
  const rows = await db
    .select({
      id: documents.id,
      contentHash: documents.contentHash,
      title: documents.title,
      texts: sql<string[]>`(
        select array_agg(${passages.text} order by ${passages.position}) from ${passages} where ${passages.documentId} = ${documents.id})`,
      known: sql<Record<string, string> | null>`(
        select jsonb_object_agg(v.position, v.text_hash) from ${tableOf(space)} v where v.document_id = ${documents.id})`,
    })
    .from(documents)
    .where(sql`${isPending(space)} and (${before ?? null}::text is null or ${documents.id} < ${before ?? null})`)
    .orderBy(desc(documents.id))
    .limit(limit);
  return rows.map(({ known, texts, ...row }) => ({
    ...row,
    texts,
    textHashes: new Map(Object.entries(known ?? {}).map(([position, textHash]) => [Number(position), textHash])),
  }));
}

export async function countPending(db: Queryable, space: Space): Promise<number> {
  return db.$count(documents, isPending(space));
}

/** One passage as it is to stand there. */
export interface Embedded {
  readonly documentId: string;
  readonly documentHash: string;
  readonly position: number;
  readonly textHash: string;
  /** As pgvector writes it; null: the model will not take it. Undefined: as it stands there already. */
  readonly vector: string | null | undefined;
}

/** Of documents that changed meanwhile nothing is kept: they are pending again. All passages of a document go into one call. */
export async function keepEmbedded(tx: Tx, space: Space, rows: readonly Embedded[]): Promise<void> {
  const [table, type] = [tableOf(space), typeOf(space)];
  const column = (values: readonly unknown[]) => sql.param([...values]);
  const given = sql`(
    select given.*, d.kind, d.owner
    from unnest(
      ${column(rows.map(({ documentId }) => documentId))}::text[], ${column(rows.map(({ documentHash }) => documentHash))}::text[],
      ${column(rows.map(({ position }) => position))}::int[], ${column(rows.map(({ textHash }) => textHash))}::text[],
      ${column(rows.map(({ vector }) => vector ?? null))}::text[], ${column(rows.map(({ vector }) => vector === undefined))}::boolean[]
    ) as given (document_id, document_hash, position, text_hash, vector, stays)
    join documents d on d.id = given.document_id and d.content_hash = given.document_hash
    for share of d
  )`;
  await tx.execute(sql`
    insert into ${table} as kept (document_id, document_hash, position, text_hash, kind, owner, embedding)
    select document_id, document_hash, position, text_hash, kind, owner, vector::${type} from ${given} given where not stays
    on conflict (document_id, position) do update
    set document_hash = excluded.document_hash, text_hash = excluded.text_hash, kind = excluded.kind, owner = excluded.owner,
      embedding = excluded.embedding`);
  await tx.execute(sql`
    update ${table} v set document_hash = given.document_hash, kind = given.kind, owner = given.owner
    from ${given} given where given.stays and v.document_id = given.document_id and v.position = given.position`);
  await tx.execute(sql`
    delete from ${table} v using ${given} given
    where given.position = 0 and v.document_id = given.document_id and v.document_hash <> given.document_hash`);
}
