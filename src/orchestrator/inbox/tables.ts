import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import type { JsonValue } from '../../contracts/primitives.ts';
import type { Priority } from '../../contracts/task.ts';
import { nextSeq } from '../events/tables.ts';
import { createdAt, id, moment, seq } from '../platform/columns.ts';

/** Read by cursor, bounded by the event log's horizon, so that a message that commits late is not skipped. */
export const messages = pgTable(
  'messages',
  {
    seq: seq('seq').primaryKey().default(nextSeq),
    id: id('id').notNull(),
    toAgent: text('to_agent').notNull(),
    from: text('from_actor').notNull(),
    body: text('body').notNull(),
    priority: text('priority').$type<Priority>().notNull(),
    data: jsonb('data').$type<Record<string, JsonValue>>().notNull(),
    createdAt: createdAt(),
    /** From here on it wakes its reader; a loop that runs for another reason shows it before. */
    wakeAt: moment('wake_at').notNull(),
  },
  (table) => [index('messages_by_agent').on(table.toAgent, table.seq)],
);
