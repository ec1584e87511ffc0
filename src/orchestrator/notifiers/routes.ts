import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import { actorOf } from '../keys/service.ts';
import type { Notifiers } from './notifiers.ts';

type NotificationRoutes = Pick<
  Routes,
  'listNotifications' | 'retryNotification' | 'listChannels' | 'addChannel' | 'removeChannel' | 'testChannel'
>;

export const createNotificationHandlers = ({ notifications, channels }: Notifiers): Handlers<NotificationRoutes> => ({
  listNotifications: ({ query }) => notifications.list(query),
  retryNotification: async ({ params }) => ({ success: true, notification: await notifications.retry(params.id) }),
  listChannels: ({ query }) => channels.list(query),
  addChannel: async ({ body, caller }) => ({ success: true, ...(await channels.add(actorOf(caller), body)) }),
  removeChannel: async ({ params, caller }) => {
    await channels.remove(actorOf(caller), params.name);
    return { success: true };
  },
  testChannel: async ({ params, caller }) => ({
    success: true,
    notification: await notifications.test(actorOf(caller), params.name),
  }),
});
