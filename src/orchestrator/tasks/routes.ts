import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import { actorOf } from '../keys/service.ts';
import type { TaskService } from './service.ts';

type TaskRoutes = Pick<Routes, 'listTasks' | 'createTask' | 'getTask' | 'getTaskEvents' | 'cancelTask'>;

export const createTaskHandlers = (tasks: TaskService): Handlers<TaskRoutes> => ({
  listTasks: ({ query }) => tasks.list(query),
  createTask: async ({ body, caller }) => ({ success: true, task: await tasks.createAs(actorOf(caller), body) }),
  getTask: ({ params }) => tasks.get(params.id),
  getTaskEvents: async ({ params, query }) => ({ events: await tasks.events(params.id, query) }),
  cancelTask: ({ params, body, caller }) => tasks.cancel(actorOf(caller), params.id, body.reason),
});
