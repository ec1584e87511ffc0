import { and, desc, eq, ne, type SQL, sql } from 'drizzle-orm';
import { type Postgres, type Queryable, sqlState } from '../platform/postgres.ts';
import { embeddingSpaces } from './tables.ts';

/** What makes the vectors of documents. Another prefix makes others, as another model does: they cannot be compared. */
export interface Maker {
  readonly model: string;
  readonly documentPrefix: string;
}

/** Where the vectors of one maker are. */
export interface Space {
  readonly id: number;
  readonly dimensions: number;
}

/** Why this database keeps no vectors. */
export class NoVectors extends Error {
  override readonly name = 'NoVectors';
}

/** Since then an index goes on looking when a filter leaves too little of what it found. */
const versionMin = [0, 8] as const;
/** Of halfvec, for which an index is longest; longer vectors are compared one by one. */
const indexedMax = 4_000;

export const tableOf = ({ id }: Space): SQL => sql.raw(`passage_vectors_${id}`);
/** Two bytes a number: what is lost is less than two models disagree about. */
export const typeOf = ({ dimensions }: Space): SQL => sql.raw(dimensions > indexedMax ? 'vector' : 'halfvec');

/** The newest of this maker: it may have been served with vectors of another length before. */
export async function findSpace(db: Queryable, maker: Maker): Promise<Space | undefined> {
  const [space] = await db
    .select({ id: embeddingSpaces.id, dimensions: embeddingSpaces.dimensions })
    .from(embeddingSpaces)
    .where(madeBy(maker))
    .orderBy(desc(embeddingSpaces.id))
    .limit(1);
  return space;
}

const madeBy = ({ model, documentPrefix }: Maker) =>
  and(eq(embeddingSpaces.model, model), eq(embeddingSpaces.documentPrefix, documentPrefix));

/** Of whoever makes or removes tables of vectors. */
const lock = sql`select pg_advisory_xact_lock(7261005)`;

/** Makes what is missing; replicas that do so at once wait for each other. */
export async function openSpace(
  postgres: Postgres,
  { maker, dimensions, now }: { maker: Maker; dimensions: number; now: number },
): Promise<Space> {
  return postgres.transaction(async (tx) => {
    await tx.execute(lock);
    await tx
      .insert(embeddingSpaces)
      .values({ ...maker, dimensions, createdAt: now })
      .onConflictDoNothing();
    const [space] = await tx
      .select()
      .from(embeddingSpaces)
      .where(and(madeBy(maker), eq(embeddingSpaces.dimensions, dimensions)));
    if (!space) throw new Error(`there is no place for the vectors of ${maker.model}`);
    await tx.execute(tableFor(space));
    return space;
  });
}

/** Throws `NoVectors`. */
export async function ensureExtension(postgres: Postgres): Promise<void> {
  const found = sql`
    select default_version as offered, installed_version as installed from pg_available_extensions where name = 'vector'`;
  const [extension] = (await postgres.db.execute<{ offered: string; installed: string | null }>(found)).rows;
  if (!extension) throw new NoVectors('this Postgres has no pgvector');
  const version = extension.installed ?? extension.offered;
  if (!isEnough(version)) throw new NoVectors(`pgvector is ${version} here, and ${versionMin.join('.')} is needed`);
  if (extension.installed !== null) return;
  try {
    await postgres.transaction(async (tx) => {
      await tx.execute(lock);
      await tx.execute(sql`create extension if not exists vector`);
    });
  } catch (error) {
    if (sqlState(error) !== '42501') throw error;
    throw new NoVectors('the database account may not create the extension vector: let an administrator do it', {
      cause: error,
    });
  }
}

function isEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > versionMin[0] || (major === versionMin[0] && minor >= versionMin[1]);
}

/**
 * A row stands for the version of its document that has this hash, and counts for no other. Without a vector: the model would
 * not take the text. Kind and owner are there so that a search need not look elsewhere before it ranks.
 */
function tableFor(space: Space): SQL {
  const [table, type] = [tableOf(space), typeOf(space)];
  const byVector = sql`create index if not exists ${table}_by_vector on ${table} using hnsw (embedding ${type}_cosine_ops);`;
  return sql`
    create table if not exists ${table} (
      document_id text not null references documents (id) on delete cascade,
      position integer not null,
      document_hash text not null,
      text_hash text not null,
      kind text not null,
      owner text,
      embedding ${type}(${sql.raw(String(space.dimensions))}),
      primary key (document_id, position)
    );
    create index if not exists ${table}_by_owner on ${table} (owner);
    create index if not exists ${table}_by_kind on ${table} (kind);
    ${space.dimensions > indexedMax ? sql`` : byVector}`;
}

/** Removes the vectors of all other makers, while this one is still the one that is wanted. */
export async function dropOthers(postgres: Postgres, kept: Space, isWanted: () => Promise<boolean>): Promise<void> {
  const others = await postgres.db
    .select({ id: embeddingSpaces.id, dimensions: embeddingSpaces.dimensions })
    .from(embeddingSpaces)
    .where(ne(embeddingSpaces.id, kept.id));
  if (others.length === 0 || !(await isWanted())) return;
  for (const other of others) {
    await postgres.transaction(async (tx) => {
      await tx.execute(lock);
      await tx.delete(embeddingSpaces).where(eq(embeddingSpaces.id, other.id));
      await tx.execute(sql`drop table if exists ${tableOf(other)}`);
    });
  }
}
