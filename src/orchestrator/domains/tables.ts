import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { RequestStatus } from '../../contracts/domain.ts';
import { createdAt, id, moment } from '../platform/columns.ts';

export const domains = pgTable('domain_whitelist', {
  id: id('id').primaryKey(),
  domain: text('domain').notNull().unique(),
  category: text('category').notNull(),
  description: text('description').notNull(),
  isActive: boolean('is_active').notNull(),
  createdAt: createdAt(),
  changedAt: moment('changed_at').notNull(),
  changedBy: text('changed_by').notNull(),
});

export const domainRequests = pgTable(
  'domain_requests',
  {
    id: id('id').primaryKey(),
    domain: text('domain').notNull(),
    requestedBy: text('requested_by').notNull(),
    reason: text('reason').notNull(),
    status: text('status').$type<RequestStatus>().notNull(),
    suggestedCategory: text('suggested_category').notNull(),
    securityScore: integer('security_score').notNull(),
    findings: jsonb('findings').$type<readonly string[]>().notNull(),
    url: text('url'),
    taskId: id('task_id'),
    createdAt: createdAt(),
    decidedBy: text('decided_by'),
    decidedAt: moment('decided_at'),
    notes: text('notes'),
  },
  (table) => [
    /** Once for a domain, however many agents try it however often. */
    uniqueIndex('one_pending_request_per_domain').on(table.domain).where(sql`status = 'pending'`),
    index('domain_requests_by_status').on(table.status, table.id),
    index('domain_requests_by_domain').on(table.domain, table.decidedAt),
  ],
);

/** What agents tried, counted by the hour. `domain`: the entry that let them through, or the host they were kept from. */
export const domainUsage = pgTable(
  'domain_usage',
  {
    hour: moment('hour').notNull(),
    domain: text('domain').notNull(),
    agentType: text('agent_type').notNull(),
    allowed: bigint('allowed', { mode: 'number' }).notNull(),
    denied: bigint('denied', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.hour, table.domain, table.agentType] })],
);
