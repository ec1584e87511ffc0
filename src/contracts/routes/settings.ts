import { z } from 'zod';
import { jsonValue, text, timestamp } from '../primitives.ts';
import { route } from '../route.ts';
import { succeeded } from './common.ts';

/** Routes: settings. */
export const settingsRoutes = {
  getSettings: route({
    method: 'get',
    path: '/settings',
    summary: 'Every setting by category and key, defaults included; secrets are masked',
    role: 'viewer',
    response: z.object({ settings: z.record(z.string(), z.record(z.string(), jsonValue)) }),
  }),
  changeSetting: route({
    method: 'post',
    path: '/settings/:category/:key',
    summary: 'Change a setting; it takes effect at once, everywhere',
    role: 'admin',
    params: z.strictObject({ category: text(80), key: text(80) }),
    body: z.strictObject({ value: jsonValue, description: text(500).optional() }),
    response: z.object({
      ...succeeded,
      setting: z.object({
        category: z.string(),
        key: z.string(),
        value: jsonValue,
        description: z.string(),
        updatedAt: timestamp,
      }),
    }),
    errors: ['setting_not_found'],
  }),
} as const;
