import { sql } from 'drizzle-orm';
import { index, jsonb, pgSequence, pgTable, text } from 'drizzle-orm/pg-core';
import type { EventType } from '../../contracts/event.ts';
import type { JsonValue } from '../../contracts/primitives.ts';
import { createdAt, seq } from '../platform/columns.ts';

/** The log's clock. Inbox messages draw from it too, so that one horizon holds for both. */
export const eventSeq = pgSequence('event_seq');
export const nextSeq = sql`nextval('event_seq')`;

/** The decision that an event is about. */
export const ofDecision = sql<string>`(payload ->> 'decisionId')`;
/** The task that an event is about. */
export const ofTask = sql<string>`(payload ->> 'taskId')`;

export const events = pgTable(
  'events',
  {
    seq: seq('seq').primaryKey().default(nextSeq),
    eventType: text('event_type').$type<EventType>().notNull(),
    sourceAgent: text('source_agent'),
    /** The agent it is by or about, for /agents/:type/events. */
    agentType: text('agent_type'),
    payload: jsonb('payload').$type<Record<string, JsonValue>>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    index('events_by_type').on(table.eventType, table.seq),
    index('events_by_agent').on(table.agentType, table.seq),
    index('events_by_decision').on(ofDecision, table.seq).where(sql`${ofDecision} is not null`),
    index('events_by_task').on(ofTask, table.seq).where(sql`${ofTask} is not null`),
    /** From a moment to its place in the log. */
    index('events_by_time').on(table.createdAt, table.seq),
  ],
);

/** How far the relay has published, and others that read the log have read. */
export const relayCursors = pgTable('relay_cursors', {
  name: text('name').primaryKey(),
  seq: seq('seq').notNull(),
});
