import { z } from 'zod';
import {
  answerSchema,
  channelNameSchema,
  channelSchema,
  newChannelSchema,
  notificationSchema,
  notificationStatusSchema,
} from '../notification.ts';
import { idOf, text } from '../primitives.ts';
import { route } from '../route.ts';
import { newestFirst, page, pageOf, succeeded } from './common.ts';

const answerToken = z.strictObject({ token: text(200) });
const channelName = z.strictObject({ name: channelNameSchema });

/** Routes: who is told when a human is needed. */
export const notificationsRoutes = {
  listNotifications: route({
    method: 'get',
    path: '/notifications',
    summary: 'Who was told of what, newest first: with attempts, the last error and the next attempt',
    role: 'viewer',
    query: z.strictObject({ status: notificationStatusSchema.optional(), ...newestFirst('ntf') }),
    response: pageOf({ notifications: z.array(notificationSchema) }),
  }),
  retryNotification: route({
    method: 'post',
    path: '/notifications/:id/retry',
    summary: 'Try a failed notification again, for as long as a new one',
    role: 'operator',
    params: z.strictObject({ id: idOf('ntf') }),
    response: z.object({ ...succeeded, notification: notificationSchema }),
    errors: ['notification_not_found', 'notification_not_failed', 'channel_not_found'],
  }),
  listChannels: route({
    method: 'get',
    path: '/notifications/channels',
    summary: 'The channels, by name, without their secrets',
    role: 'admin',
    query: z.strictObject(page),
    response: pageOf({ channels: z.array(channelSchema) }),
  }),
  addChannel: route({
    method: 'post',
    path: '/notifications/channels',
    summary: 'Set up a channel, or another in the place of the one of this name',
    role: 'admin',
    body: newChannelSchema,
    status: 201,
    response: z.object({
      ...succeeded,
      channel: channelSchema,
      /** The webhook's, when it was made here; shown this once. */
      secret: z.string().optional(),
    }),
  }),
  removeChannel: route({
    method: 'delete',
    path: '/notifications/channels/:name',
    summary: 'Remove a channel; what waits for it fails',
    role: 'admin',
    params: channelName,
    response: z.object(succeeded),
    errors: ['channel_not_found'],
  }),
  testChannel: route({
    method: 'post',
    path: '/notifications/channels/:name/test',
    summary: 'Send something through the channel now, once; answers how it went',
    role: 'admin',
    params: channelName,
    response: z.object({ ...succeeded, notification: notificationSchema }),
    errors: ['channel_not_found'],
  }),
  showQuestion: route({
    method: 'get',
    path: '/answers/:token',
    summary: 'A page for whoever got the link: what is asked, and a form. Looking at it answers nothing',
    role: 'public',
    format: 'stream',
    params: answerToken,
    response: z.string(),
    errors: ['answer_link_not_found', 'answer_link_expired', 'answer_link_used', 'dependency_unavailable'],
  }),
  giveAnswer: route({
    method: 'post',
    path: '/answers/:token',
    summary: 'Answers what the link is for, once, in the name of its channel',
    role: 'public',
    format: 'stream',
    accepts: 'form',
    params: answerToken,
    body: answerSchema,
    response: z.string(),
    errors: ['answer_link_not_found', 'answer_link_expired', 'answer_link_used', 'dependency_unavailable'],
  }),
} as const;
