import { z } from 'zod';
import { agentTypeSchema } from '../../../../src/contracts/primitives.ts';
import { prioritySchema, taskStatusSchema } from '../../../../src/contracts/task.ts';

/** What the board shows; `status` is the column that a phone has room for. */
export const tasksSearch = z.object({
  status: taskStatusSchema.optional().catch(undefined),
  assignedTo: agentTypeSchema.optional().catch(undefined),
  priority: prioritySchema.optional().catch(undefined),
  /** The form for a new task is open. */
  create: z.boolean().optional().catch(undefined),
});
export type TasksSearch = z.output<typeof tasksSearch>;
