import { boolean, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import type { Priority, TaskFlag, TaskStatus } from '../../contracts/task.ts';
import { createdAt, id, moment } from '../platform/columns.ts';

/** Where pg_trgm is there, what open tasks say has an index of trigrams too. */
export const tasks = pgTable(
  'tasks',
  {
    id: id('id').primaryKey(),
    title: text('title').notNull(),
    description: text('description').notNull(),
    status: text('status').$type<TaskStatus>().notNull(),
    priority: text('priority').$type<Priority>().notNull(),
    assignedTo: text('assigned_to').notNull(),
    createdBy: text('created_by').notNull(),
    result: text('result'),
    createdAt: createdAt(),
    completedAt: moment('completed_at'),
    wakeAt: moment('wake_at').notNull(),
    /** The life that works on it. */
    claimedBy: id('claimed_by'),
    leaseUntil: moment('lease_until'),
    attempts: integer('attempts').notNull().default(0),
    dueAt: moment('due_at'),
    /** As it was given, before the groomer raised it; null for tasks from before there was a groomer. */
    givenPriority: text('given_priority').$type<Priority>(),
    flags: jsonb('flags').$type<TaskFlag[]>().notNull().default([]),
    duplicateOf: id('duplicate_of'),
    suggestedAssignee: text('suggested_assignee'),
    /** The groomer has looked for its elders: none can come any more. */
    compared: boolean('compared').notNull().default(false),
  },
  (table) => [
    index('tasks_by_assignee').on(table.assignedTo, table.status, table.id),
    index('tasks_of_assignee').on(table.assignedTo, table.id),
    index('tasks_by_status').on(table.status, table.id),
    index('tasks_by_claim').on(table.claimedBy),
  ],
);
