import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { CatchUp, JobRunStatus, JobTemplate } from '../../contracts/job.ts';
import { createdAt, id, moment } from '../platform/columns.ts';

export const jobs = pgTable('jobs', {
  id: text('id').primaryKey(),
  kind: text('kind').$type<'system' | 'own'>().notNull(),
  schedule: text('schedule').notNull(),
  timeZone: text('time_zone').notNull(),
  description: text('description').notNull(),
  catchUp: text('catch_up').$type<CatchUp>().notNull(),
  /** What it does; null: the system knows by its id. */
  template: jsonb('template').$type<JobTemplate>(),
  enabled: boolean('enabled').notNull(),
  /** Slots up to here have been run or given up, by whichever replica: no slot is run twice. */
  lastSlot: moment('last_slot').notNull(),
  nextAt: moment('next_at'),
  /** The run under way: one at a time. */
  runId: id('run_id'),
  failures: integer('failures').notNull(),
  /** Of the last run that has ended. */
  lastRunAt: moment('last_run_at'),
  lastStatus: text('last_status').$type<JobRunStatus>(),
  lastDurationMs: integer('last_duration_ms'),
  createdBy: text('created_by').notNull(),
  createdAt: createdAt(),
});

export const jobRuns = pgTable(
  'job_runs',
  {
    id: id('id').primaryKey(),
    jobId: text('job_id').notNull(),
    slot: moment('slot'),
    requestedBy: text('requested_by'),
    status: text('status').$type<JobRunStatus>().notNull(),
    attempt: integer('attempt').notNull(),
    replica: text('replica'),
    queuedAt: moment('queued_at').notNull(),
    startedAt: moment('started_at'),
    finishedAt: moment('finished_at'),
    durationMs: integer('duration_ms'),
    summary: text('summary'),
  },
  (table) => [
    uniqueIndex('one_run_per_slot').on(table.jobId, table.slot).where(sql`${table.slot} is not null`),
    uniqueIndex('one_queued_run').on(table.jobId).where(sql`${table.status} = 'queued'`),
    index('job_runs_by_job').on(table.jobId, table.id),
  ],
);
