import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import type { EventService } from './service.ts';

export const createEventHandlers = (events: EventService): Handlers<Pick<Routes, 'listEvents'>> => ({
  listEvents: async ({ query }) => ({ events: await events.list(query) }),
});
