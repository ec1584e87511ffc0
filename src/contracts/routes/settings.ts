import { z } from 'zod';
import { jsonValue, text, timestamp } from '../primitives.ts';
import { route } from '../route.ts';
import { settingEntrySchema } from '../setting-entry.ts';
import { succeeded } from './common.ts';

const name = z.strictObject({ category: text(80), key: text(80) });

/** Routes: settings. */
export const settingsRoutes = {
  getSettings: route({
    method: 'get',
    path: '/settings',
    summary: 'Every setting by category and key, defaults included; secrets are masked',
    role: 'viewer',
    response: z.object({ settings: z.record(z.string(), z.record(z.string(), jsonValue)) }),
  }),
  getSettingsRegistry: route({
    method: 'get',
    path: '/settings/registry',
    summary: 'Every setting with its meaning, unit, default, JSON Schema, value, and who changed it when',
    role: 'viewer',
    response: z.object({
      settings: z.array(settingEntrySchema),
      schemas: z.record(z.string(), z.record(z.string(), jsonValue)),
    }),
  }),
  changeSetting: route({
    method: 'post',
    path: '/settings/:category/:key',
    summary: 'Change a setting; it takes effect at once, everywhere',
    role: 'admin',
    params: name,
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
  resetSetting: route({
    method: 'delete',
    path: '/settings/:category/:key',
    summary: 'Take back what was set: the default holds again, at once, everywhere; a secret or custom setting is gone',
    role: 'admin',
    params: name,
    response: z.object(succeeded),
    errors: ['setting_not_found'],
  }),
} as const;
