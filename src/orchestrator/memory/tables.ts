import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { moment } from '../platform/columns.ts';

/** An agent's own notes; nobody else reads them. */
export const notes = pgTable(
  'agent_notes',
  {
    agentType: text('agent_type').notNull(),
    key: text('key').notNull(),
    note: text('note').notNull(),
    updatedAt: moment('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.agentType, table.key] })],
);
