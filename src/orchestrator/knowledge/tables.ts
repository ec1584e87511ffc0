import { type SQL, sql } from 'drizzle-orm';
import { customType, index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import type { DocumentKind } from '../../contracts/knowledge.ts';
import { createdAt, id, moment } from '../platform/columns.ts';

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

/** One for each source. What is searched are its passages. Where pg_trgm is there, its titles have an index of trigrams too. */
export const documents = pgTable(
  'documents',
  {
    id: id('id').primaryKey(),
    source: text('source').notNull().unique(),
    kind: text('kind').$type<DocumentKind>().notNull(),
    /** The only agent that may find it; null: all may. */
    owner: text('owner'),
    title: text('title').notNull(),
    contentHash: text('content_hash').notNull(),
    createdAt: createdAt(),
    updatedAt: moment('updated_at').notNull(),
  },
  (table) => [
    index('documents_by_kind').on(table.kind, table.id),
    index('documents_by_owner').on(table.owner, table.id),
  ],
);

/**
 * The text of a document, cut into pieces that are its whole when put together again. They carry what a search asks for
 * before it ranks, so that it need not look at any other row.
 */
export const passages = pgTable(
  'passages',
  {
    documentId: id('document_id')
      .notNull()
      .references(() => documents.id, { onDelete: 'cascade' }),
    position: integer('position').notNull(),
    kind: text('kind').$type<DocumentKind>().notNull(),
    owner: text('owner'),
    title: text('title').notNull(),
    text: text('text').notNull(),
    changedAt: moment('changed_at').notNull(),
    /** As German and as English: nobody says which of the two a text is. */
    words: tsvector('words')
      .notNull()
      .generatedAlwaysAs(
        (): SQL => sql`setweight(to_tsvector('boardroom_german', title), 'A')
          || setweight(to_tsvector('boardroom_english', title), 'A')
          || to_tsvector('boardroom_german', text) || to_tsvector('boardroom_english', text)`,
      ),
  },
  (table) => [
    primaryKey({ columns: [table.documentId, table.position] }),
    // Without a list of pending entries, which each search would have to read.
    index('passages_by_words').using('gin', table.words).with({ fastupdate: false }),
  ],
);

/**
 * One for each model, prefix and length of vectors that texts were embedded with. The vectors are in a table of its own, by its
 * id, which is made where the database has pgvector: the vectors of two models cannot be compared.
 */
export const embeddingSpaces = pgTable(
  'embedding_spaces',
  {
    id: integer('id').generatedAlwaysAsIdentity().primaryKey(),
    model: text('model').notNull(),
    documentPrefix: text('document_prefix').notNull().default(''),
    dimensions: integer('dimensions').notNull(),
    createdAt: createdAt(),
  },
  (table) => [unique('embedding_spaces_by_model').on(table.model, table.documentPrefix, table.dimensions)],
);
