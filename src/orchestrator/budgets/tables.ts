import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { Period } from '../../contracts/budget.ts';
import { createdAt, id, moment } from '../platform/columns.ts';

const amount = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0);

/** What one period of a role, or of the team, has used: counted for every call, whether a budget watches it or not. */
export const budgetAccounts = pgTable(
  'budget_accounts',
  {
    /** A role or `team`. */
    subject: text('subject').notNull(),
    period: text('period').$type<Period>().notNull(),
    startsAt: moment('starts_at').notNull(),
    spentMicroUsd: amount('spent_micro_usd'),
    spentTokens: amount('spent_tokens'),
    spentCalls: amount('spent_calls'),
    /** The ceilings of calls under way. */
    reservedMicroUsd: amount('reserved_micro_usd'),
    reservedTokens: amount('reserved_tokens'),
    reservedCalls: amount('reserved_calls'),
  },
  (table) => [primaryKey({ columns: [table.subject, table.period, table.startsAt] })],
);

/** A call under way for which budgets hold room; its id is that of the record to come. */
export const budgetReservations = pgTable(
  'budget_reservations',
  {
    id: id('id').primaryKey(),
    agentType: text('agent_type').notNull(),
    instanceId: id('instance_id').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    microUsd: amount('micro_usd'),
    tokens: amount('tokens'),
    /** The call's periods: it counts for those in which it began. */
    dayStartsAt: moment('day_starts_at').notNull(),
    monthStartsAt: moment('month_starts_at').notNull(),
    createdAt: createdAt(),
    expiresAt: moment('expires_at').notNull(),
    /** Nobody settled it in time: its ceiling counts as spent until somebody does. */
    charged: boolean('charged').notNull().default(false),
  },
  (table) => [
    index('reservations_open').on(table.expiresAt).where(sql`not ${table.charged}`),
    index('reservations_charged').on(table.expiresAt).where(sql`${table.charged}`),
  ],
);

/** What has been told of a budget in a period; a budget of another limit is another one. */
export const budgetNotices = pgTable(
  'budget_notices',
  {
    budget: text('budget').notNull(),
    startsAt: moment('starts_at').notNull(),
    level: text('level').$type<'warning' | 'exhausted'>().notNull(),
    limit: bigint('limit', { mode: 'number' }).notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.budget, table.startsAt, table.level, table.limit] })],
);

/** Agents whose last call was refused for a budget: not woken until it has room. */
export const budgetHolds = pgTable('budget_holds', {
  agentType: text('agent_type').primaryKey(),
  since: moment('since').notNull(),
});

/** One call of a model, as it ended. */
export const modelCalls = pgTable(
  'model_calls',
  {
    id: id('id').primaryKey(),
    agentType: text('agent_type').notNull(),
    instanceId: id('instance_id').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    /** `lost`: the orchestrator ended before the call did; it is recorded at its ceiling. */
    status: text('status').$type<'ok' | 'failed' | 'aborted' | 'lost'>().notNull(),
    /** Null where the provider said nothing of it. */
    inputTokens: bigint('input_tokens', { mode: 'number' }),
    outputTokens: bigint('output_tokens', { mode: 'number' }),
    cacheReadTokens: bigint('cache_read_tokens', { mode: 'number' }),
    cacheWriteTokens: bigint('cache_write_tokens', { mode: 'number' }),
    costMicroUsd: amount('cost_micro_usd'),
    attempts: integer('attempts').notNull(),
    firstTokenMs: integer('first_token_ms'),
    durationMs: integer('duration_ms'),
    errorCode: text('error_code'),
    prompt: text('prompt'),
    /** When it began. */
    createdAt: createdAt(),
  },
  (table) => [
    index('model_calls_by_time').on(table.createdAt),
    index('model_calls_by_agent').on(table.agentType, table.createdAt),
  ],
);
