import { z } from 'zod';
import { focusSchema } from '../focus.ts';
import { route } from '../route.ts';
import { succeeded } from './common.ts';

/** Routes: what the team leans towards. */
export const focusRoutes = {
  getFocus: route({
    method: 'get',
    path: '/focus',
    summary: 'What the operator wants the team to lean towards, each from 0 to 100',
    role: 'viewer',
    response: focusSchema,
  }),
  changeFocus: route({
    method: 'post',
    path: '/focus',
    summary: 'Change some of it; what is not named stays',
    role: 'operator',
    body: focusSchema.partial(),
    response: z.object({ ...succeeded, focus: focusSchema }),
  }),
} as const;
