import { z } from 'zod';
import { actorSchema, agentTypeSchema, filledText, idOf, text, timestamp } from './primitives.ts';

export const prioritySchema = z.enum(['critical', 'urgent', 'high', 'normal', 'low', 'operational']);
export type Priority = z.infer<typeof prioritySchema>;

export const taskStatusSchema = z.enum(['pending', 'in_progress', 'completed', 'failed', 'cancelled']);
export type TaskStatus = z.infer<typeof taskStatusSchema>;

/** What the groomer found; a flag closes nothing. */
export const taskFlagSchema = z.enum(['overdue', 'stale', 'likely_duplicate', 'unassigned']);
export type TaskFlag = z.infer<typeof taskFlagSchema>;

export const taskSchema = z.object({
  id: idOf('tsk'),
  title: z.string(),
  description: z.string(),
  status: taskStatusSchema,
  priority: prioritySchema,
  assignedTo: agentTypeSchema,
  createdBy: actorSchema,
  /** What came of it: the result when completed, the reason when failed or cancelled. */
  result: z.string().nullable(),
  createdAt: timestamp,
  completedAt: timestamp.nullable(),
  /** The pending task wakes its assignee at this time. */
  wakeAt: timestamp,
  /** The claim ends at this time unless the agent's heartbeats renew it. */
  leaseUntil: timestamp.nullable(),
  /** How often the task has been claimed. */
  attempts: z.number().int(),
  dueAt: timestamp.nullable(),
  flags: z.array(taskFlagSchema),
  /** The eldest open task that says nearly the same. */
  duplicateOf: idOf('tsk').nullable(),
  /** Whose keywords fit, where the assignee is not there. */
  suggestedAssignee: agentTypeSchema.nullable(),
});
export type Task = z.infer<typeof taskSchema>;

export const newTaskSchema = z.strictObject({
  title: filledText(200),
  description: text(20_000).default(''),
  assignTo: agentTypeSchema,
  priority: prioritySchema.default('normal'),
  dueAt: timestamp.optional(),
});
export type NewTask = z.infer<typeof newTaskSchema>;
