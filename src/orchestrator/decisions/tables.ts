import { index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { DecisionAction, DecisionStatus, Vote } from '../../contracts/decision.ts';
import type { Tier, TierRule } from '../../contracts/policy.ts';
import { createdAt, id, moment } from '../platform/columns.ts';

export const decisions = pgTable(
  'decisions',
  {
    id: id('id').primaryKey(),
    title: text('title').notNull(),
    description: text('description').notNull(),
    tier: text('tier').$type<Tier>().notNull(),
    /** The row of the tier table it was proposed under; a later change of policy does not move the goal. */
    rule: jsonb('rule').$type<TierRule>().notNull(),
    status: text('status').$type<DecisionStatus>().notNull(),
    because: text('because').notNull(),
    proposedBy: text('proposed_by').notNull(),
    taskId: id('task_id'),
    round: integer('round').notNull(),
    roundStartedAt: moment('round_started_at').notNull(),
    deadlineAt: moment('deadline_at'),
    resolvedAt: moment('resolved_at'),
    resolvedBy: text('resolved_by'),
    createdAt: createdAt(),
  },
  (table) => [
    index('decisions_by_status').on(table.status, table.id),
    index('decisions_by_deadline').on(table.status, table.deadlineAt),
    index('decisions_by_task').on(table.taskId),
    index('decisions_by_proposer').on(table.proposedBy),
  ],
);

const decisionId = () =>
  id('decision_id')
    .notNull()
    .references(() => decisions.id);

/** One per voter and round, kept for ever. */
export const votes = pgTable(
  'decision_votes',
  {
    decisionId: decisionId(),
    round: integer('round').notNull(),
    voterType: text('voter_type').notNull(),
    vote: text('vote').$type<Vote>().notNull(),
    reason: text('reason').notNull(),
    castBy: text('cast_by').notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.decisionId, table.round, table.voterType] })],
);

/** Who was asked for a statement in a round, and what it said. */
export const statements = pgTable(
  'decision_statements',
  {
    decisionId: decisionId(),
    round: integer('round').notNull(),
    agentType: text('agent_type').notNull(),
    statement: text('statement'),
    createdAt: moment('created_at'),
  },
  (table) => [
    primaryKey({ columns: [table.decisionId, table.round, table.agentType] }),
    index('statements_by_agent').on(table.agentType),
  ],
);

export const actions = pgTable(
  'decision_actions',
  {
    decisionId: decisionId(),
    position: integer('position').notNull(),
    action: jsonb('action').$type<DecisionAction>().notNull(),
    status: text('status').$type<'waiting' | 'done' | 'failed' | 'dropped'>().notNull(),
    outcome: text('outcome'),
    executedAt: moment('executed_at'),
  },
  (table) => [primaryKey({ columns: [table.decisionId, table.position] })],
);
