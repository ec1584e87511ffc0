import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import { actorOf } from '../keys/service.ts';
import type { TaskService } from './service.ts';

type TaskRoutes = Pick<Routes, 'listTasks' | 'createTask' | 'getTask' | 'cancelTask'>;

export const createTaskHandlers = (tasks: TaskService): Handlers<TaskRoutes> => ({
  listTasks: ({ query }) => tasks.list(query),
  createTask: async ({ body, caller }) => ({ success: true, task: await tasks.createAs(actorOf(caller), body) }),
  getTask: ({ params }) => tasks.get(params.id),
  cancelTask: ({ params, body, caller }) => tasks.cancel(actorOf(caller), params.id, body.reason),
});
