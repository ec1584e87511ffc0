import { bigint, pgTable, text } from 'drizzle-orm/pg-core';
import { createdAt } from './columns.ts';

/** One row: which team this database holds. Containers carry it as a label, so that two teams share an engine. */
export const team = pgTable('team', {
  singleton: text('singleton').primaryKey(),
  id: text('id').notNull(),
  createdAt: createdAt(),
});

/** One row: the number of the latest leader's term, the fencing token of all that only a leader may write. */
export const leaderTerms = pgTable('leader_terms', {
  singleton: text('singleton').primaryKey(),
  term: bigint('term', { mode: 'number' }).notNull(),
});
