import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { id, moment, seq } from '../platform/columns.ts';

/** Tasks and decisions that are over, as the API shows them; they stand here or in their own tables, never in both or neither. */
export const archived = pgTable(
  'archived',
  {
    id: id('id').primaryKey(),
    kind: text('kind').$type<'task' | 'decision'>().notNull(),
    body: jsonb('body').$type<unknown>().notNull(),
    endedAt: moment('ended_at').notNull(),
    archivedAt: moment('archived_at').notNull(),
  },
  (table) => [index('archived_by_kind').on(table.kind, table.endedAt)],
);

/** How far each kind of indexing has come, in milliseconds since 1970. */
export const indexCursors = pgTable('index_cursors', {
  name: text('name').primaryKey(),
  upTo: seq('up_to').notNull(),
});
