import { boolean, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { createdAt, id } from '../platform/columns.ts';

/** Answers to calls that changed something, so that a call sent again after a cut connection is not done again. */
export const toolCalls = pgTable(
  'tool_calls',
  {
    instanceId: id('instance_id').notNull(),
    callId: text('call_id').notNull(),
    answer: jsonb('answer').$type<unknown>().notNull(),
    refused: boolean('refused').notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.instanceId, table.callId] })],
);
