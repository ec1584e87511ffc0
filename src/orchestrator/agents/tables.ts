import { isNull, sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, primaryKey, real, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { AgentStatus } from '../../contracts/agent.ts';
import type { Wake } from '../../contracts/gateway.ts';
import { createdAt, id, moment, seq } from '../platform/columns.ts';

/** What is wanted of an agent (the operator's columns) and what the reconciler concluded (its columns). */
export const agents = pgTable('agents', {
  type: text('type').primaryKey(),
  id: id('id').notNull().unique(),
  createdAt: createdAt(),
  /** Wanted. Written by operators and approved decisions. */
  desired: text('desired').$type<'running' | 'stopped'>().notNull(),
  /** The kill switch: while it is set nothing of the agent runs, whatever is wanted, and its token is dead. */
  pausedAt: moment('paused_at'),
  pausedBy: text('paused_by'),
  /** Raised by a restart: it is part of the spec, so the container is replaced. */
  generation: integer('generation').notNull().default(0),
  /** Exits before this moment are forgiven: the operator started the agent anew. */
  forgivenAt: moment('forgiven_at').notNull(),
  /** Concluded. Written by the reconciler alone. */
  status: text('status').$type<AgentStatus>().notNull(),
  because: text('because').notNull(),
  nextAttemptAt: moment('next_attempt_at'),
  /** Lived. Written by the gateway. */
  loopCount: integer('loop_count').notNull().default(0),
  lastLoopAt: moment('last_loop_at'),
  /** The next scheduled loop is due one interval, stretched or shortened by the jitter, after this. */
  scheduledFrom: moment('scheduled_from').notNull(),
  /** From 0 to 1, drawn anew for each interval, so that a team does not wake in step. */
  jitter: real('jitter').notNull(),
  lastInitiativeAt: moment('last_initiative_at'),
  currentFocus: text('current_focus'),
  /** Messages up to here have been handled in a loop that ended well. */
  inboxCursor: seq('inbox_cursor').notNull().default(0),
});

/** One life of an agent: one container, one token. It ends once, and its end is the recorded exit. */
export const instances = pgTable(
  'agent_instances',
  {
    id: id('id').primaryKey(),
    agentType: text('agent_type').notNull(),
    specHash: text('spec_hash').notNull(),
    tokenHash: text('token_hash').notNull().unique(),
    containerId: text('container_id'),
    createdAt: createdAt(),
    startedAt: moment('started_at'),
    connectedAt: moment('connected_at'),
    disconnectedAt: moment('disconnected_at'),
    lastHeartbeatAt: moment('last_heartbeat_at'),
    /** Counts up with each heartbeat: silence is measured by it, so that a clock that jumps kills nobody. */
    heartbeats: integer('heartbeats').notNull().default(0),
    /** We asked for the end, and why: such an exit never counts as a failure. */
    stopRequestedAt: moment('stop_requested_at'),
    stopReason: text('stop_reason'),
    /** A restart that we forced because of a hang counts as a failure though we sent the signal. */
    stopCounts: boolean('stop_counts').notNull().default(false),
    endedAt: moment('ended_at'),
    exitCode: integer('exit_code'),
    exitSignal: text('exit_signal'),
    oomKilled: boolean('oom_killed').notNull().default(false),
    ranForMs: integer('ran_for_ms'),
  },
  (table) => [
    /** Two reconcilers cannot give one agent two lives. */
    uniqueIndex('one_life_per_agent').on(table.agentType).where(isNull(table.endedAt)),
    index('instances_by_agent').on(table.agentType, table.endedAt),
  ],
);

/** One unit of an agent's work. */
export const loops = pgTable(
  'agent_loops',
  {
    id: id('id').primaryKey(),
    agentType: text('agent_type').notNull(),
    instanceId: id('instance_id').notNull(),
    wakes: jsonb('wakes').$type<Wake[]>().notNull(),
    initiative: boolean('initiative').notNull(),
    status: text('status').$type<'running' | 'done' | 'idle' | 'failed' | 'interrupted'>().notNull(),
    startedAt: moment('started_at').notNull(),
    finishedAt: moment('finished_at'),
    summary: text('summary'),
    /** The last message this loop has read; it moves the inbox cursor when the loop ends well. */
    readTo: seq('read_to').notNull().default(0),
  },
  (table) => [
    uniqueIndex('one_loop_per_agent').on(table.agentType).where(sql`${table.status} = 'running'`),
    index('loops_of_agent').on(table.agentType, table.id),
  ],
);

/** How often an agent was woken for the same thing without it changing: the loop breaker's memory. */
export const wakeAttempts = pgTable(
  'wake_attempts',
  {
    agentType: text('agent_type').notNull(),
    reason: text('reason').notNull(),
    subject: text('subject').notNull(),
    /** The state of the subject; a new one starts the count anew. */
    fingerprint: text('fingerprint').notNull(),
    attempts: integer('attempts').notNull(),
    lastAt: moment('last_at').notNull(),
    broken: boolean('broken').notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.agentType, table.reason, table.subject] })],
);

/** What an agent did, for people to read. */
export const history = pgTable(
  'agent_history',
  {
    id: id('id').primaryKey(),
    agentType: text('agent_type').notNull(),
    /** The loop that was at work; null for what was done outside of any. */
    loopId: id('loop_id'),
    actionType: text('action_type').notNull(),
    summary: text('summary').notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    index('history_by_agent').on(table.agentType, table.id),
    index('history_by_loop').on(table.loopId, table.id).where(sql`${table.loopId} is not null`),
    /** For the archive, which goes through them day by day. */
    index('history_of_deeds').on(table.createdAt).where(sql`${table.actionType} = 'loop_done'`),
    index('history_of_violations')
      .on(table.agentType, table.createdAt)
      .where(sql`${table.actionType} in ('violation', 'violation_alert')`),
  ],
);
