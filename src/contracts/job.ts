import { z } from 'zod';
import { actorSchema, agentTypeSchema, filledText, idOf, text, timestamp } from './primitives.ts';
import { newTaskSchema, prioritySchema } from './task.ts';

/** `archive-processor`: chosen by whoever makes the job. */
export const jobIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be 1 to 64 of a-z, 0-9 and -, beginning with a letter');

/** What becomes of slots that nobody could run: only the last is made up for, none is, or each is, one after the other. */
export const catchUpSchema = z.enum(['latest', 'skip', 'all']);
export type CatchUp = z.infer<typeof catchUpSchema>;

export const jobRunStatusSchema = z.enum(['queued', 'running', 'done', 'failed']);
export type JobRunStatus = z.infer<typeof jobRunStatusSchema>;

/** What a schedule of an operator's own does each time. */
export const jobTemplateSchema = z.union([
  z.strictObject({ task: newTaskSchema }),
  z.strictObject({
    message: z.strictObject({
      agentType: agentTypeSchema,
      message: filledText(20_000),
      priority: prioritySchema.default('normal'),
    }),
  }),
]);
export type JobTemplate = z.output<typeof jobTemplateSchema>;

export const jobSchema = z.object({
  id: z.string(),
  /** Five fields of cron, six with seconds first, or `every 15s`. */
  schedule: z.string(),
  /** IANA, such as Europe/Berlin. */
  timeZone: z.string(),
  description: z.string(),
  kind: z.enum(['system', 'own']),
  enabled: z.boolean(),
  catchUp: catchUpSchema,
  template: jobTemplateSchema.nullable(),
  lastRun: timestamp.nullable(),
  nextRun: timestamp.nullable(),
  lastStatus: jobRunStatusSchema.nullable(),
  /** Milliseconds. */
  lastDurationMs: z.number().int().nullable(),
  /** Runs that failed since the last one that did not. */
  failures: z.number().int(),
  createdBy: actorSchema,
});
export type Job = z.infer<typeof jobSchema>;

export const jobRunSchema = z.object({
  id: idOf('run'),
  jobId: z.string(),
  /** The moment it was due; null when somebody asked for it. */
  slot: timestamp.nullable(),
  requestedBy: actorSchema.nullable(),
  status: jobRunStatusSchema,
  /** One more for each replica that died at it. */
  attempt: z.number().int(),
  replica: z.string().nullable(),
  queuedAt: timestamp,
  startedAt: timestamp.nullable(),
  finishedAt: timestamp.nullable(),
  durationMs: z.number().int().nullable(),
  /** What it did, or why it failed. */
  summary: z.string().nullable(),
});
export type JobRun = z.infer<typeof jobRunSchema>;

const schedule = filledText(100).describe('five fields of cron, such as 0 9 * * 1-5, or @daily');
const timeZone = filledText(60).describe('an IANA time zone such as Europe/Berlin');

export const newJobSchema = z.strictObject({
  id: jobIdSchema,
  schedule,
  timeZone: timeZone.default('UTC'),
  description: text(500).default(''),
  catchUp: catchUpSchema.default('skip'),
  template: jobTemplateSchema,
});
export type NewJob = z.output<typeof newJobSchema>;

/** What is not named keeps its value. */
export const jobChangeSchema = z.strictObject({
  schedule: schedule.optional(),
  timeZone: timeZone.optional(),
  description: text(500).optional(),
  catchUp: catchUpSchema.optional(),
  template: jobTemplateSchema.optional(),
});
export type JobChange = z.output<typeof jobChangeSchema>;
