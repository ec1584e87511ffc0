import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import { actorOf } from '../keys/service.ts';
import type { FocusService } from './service.ts';

type FocusRoutes = Pick<Routes, 'getFocus' | 'changeFocus'>;

export const createFocusHandlers = (focus: FocusService): Handlers<FocusRoutes> => ({
  getFocus: () => focus.get(),
  changeFocus: async ({ body, caller }) => ({ success: true, focus: await focus.change(actorOf(caller), body) }),
});
