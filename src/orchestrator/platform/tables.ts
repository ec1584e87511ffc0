import { pgTable, text } from 'drizzle-orm/pg-core';
import { createdAt } from './columns.ts';

/** One row: which team this database holds. Containers carry it as a label, so that two teams share an engine. */
export const team = pgTable('team', {
  singleton: text('singleton').primaryKey(),
  id: text('id').notNull(),
  createdAt: createdAt(),
});
