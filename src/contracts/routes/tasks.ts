import { z } from 'zod';
import { eventSchema } from '../event.ts';
import { agentTypeSchema, idOf, limitQuery, seqQuery, text } from '../primitives.ts';
import { route } from '../route.ts';
import { newTaskSchema, prioritySchema, taskSchema, taskStatusSchema } from '../task.ts';

import { newestFirst, pageOf, succeeded } from './common.ts';

const taskId = z.strictObject({ id: idOf('tsk') });

/** Routes: tasks. */
export const tasksRoutes = {
  listTasks: route({
    method: 'get',
    path: '/tasks',
    summary: 'Tasks, newest first',
    role: 'viewer',
    query: z.strictObject({
      status: taskStatusSchema.optional(),
      assignedTo: agentTypeSchema.optional(),
      priority: prioritySchema.optional(),
      ...newestFirst('tsk'),
    }),
    response: pageOf({ tasks: z.array(taskSchema) }),
  }),
  createTask: route({
    method: 'post',
    path: '/tasks',
    summary: 'Give an agent a task',
    role: 'operator',
    body: newTaskSchema,
    status: 201,
    response: z.object({ ...succeeded, task: taskSchema }),
    errors: ['agent_not_found'],
  }),
  getTask: route({
    method: 'get',
    path: '/tasks/:id',
    summary: 'One task',
    role: 'viewer',
    params: taskId,
    response: taskSchema,
    errors: ['task_not_found'],
  }),
  getTaskEvents: route({
    method: 'get',
    path: '/tasks/:id/events',
    summary: 'What happened to the task, newest first',
    role: 'viewer',
    params: taskId,
    query: z.strictObject({ limit: limitQuery(50), before: seqQuery.optional() }),
    response: z.object({ events: z.array(eventSchema) }),
    errors: ['task_not_found'],
  }),
  cancelTask: route({
    method: 'post',
    path: '/tasks/:id/cancel',
    summary: 'Cancel a task that is not finished',
    role: 'operator',
    params: taskId,
    body: z.strictObject({ reason: text(2_000).default('') }),
    response: taskSchema,
    errors: ['task_not_found', 'task_closed'],
  }),
} as const;
