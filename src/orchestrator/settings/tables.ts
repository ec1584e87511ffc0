import { jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { JsonValue } from '../../contracts/primitives.ts';
import { moment } from '../platform/columns.ts';

/** What operators changed; everything else has the registry's default. */
export const settings = pgTable(
  'settings',
  {
    category: text('category').notNull(),
    key: text('key').notNull(),
    value: jsonb('value').$type<JsonValue>().notNull(),
    description: text('description'),
    updatedAt: moment('updated_at').notNull(),
    updatedBy: text('updated_by').notNull(),
  },
  (table) => [primaryKey({ columns: [table.category, table.key] })],
);
