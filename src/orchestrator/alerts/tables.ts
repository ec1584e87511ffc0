import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { moment } from '../platform/columns.ts';

/** What stands at the moment, for each machine. */
export const alerts = pgTable(
  'alerts',
  {
    host: text('host').notNull(),
    alert: text('alert').notNull(),
    raisedAt: moment('raised_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.host, table.alert] })],
);
