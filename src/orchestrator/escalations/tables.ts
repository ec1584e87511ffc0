import { sql } from 'drizzle-orm';
import { index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { EscalationKind, EscalationPriority } from '../../contracts/escalation.ts';
import { createdAt, id, moment } from '../platform/columns.ts';

export const escalations = pgTable(
  'escalations',
  {
    id: id('id').primaryKey(),
    kind: text('kind').$type<EscalationKind>().notNull(),
    subject: text('subject').notNull(),
    title: text('title').notNull(),
    reason: text('reason').notNull(),
    priority: text('priority').$type<EscalationPriority>().notNull(),
    status: text('status').$type<'open' | 'resolved'>().notNull(),
    createdAt: createdAt(),
    resolvedAt: moment('resolved_at'),
    resolvedBy: text('resolved_by'),
    resolution: text('resolution'),
  },
  (table) => [
    /** One open escalation for one thing; an agent may ask several questions. */
    uniqueIndex('one_open_escalation')
      .on(table.kind, table.subject)
      .where(sql`${table.status} = 'open' and ${table.kind} <> 'human_requested'`),
    index('escalations_by_status').on(table.status, table.id),
  ],
);
