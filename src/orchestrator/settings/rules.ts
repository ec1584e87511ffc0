import type { z } from 'zod';
import { AppError } from '../../contracts/errors.ts';
import { agentTypeSchema, type JsonValue } from '../../contracts/primitives.ts';
import { loopIntervalKey, loopIntervalSchema, type SettingName, settingsRegistry } from '../../contracts/settings.ts';

const registry: Record<string, { readonly schema: z.ZodType; readonly default: unknown }> = settingsRegistry;

/** The value as the setting's schema wants it, or an error that names the setting and what is allowed. */
export function checkSetting(category: string, key: string, value: JsonValue): JsonValue {
  const schema = schemaOf(category, key);
  if (!schema) throw new AppError('setting_not_found', `There is no setting ${category}.${key}`);
  const result = schema.safeParse(value);
  if (result.success) return result.data as JsonValue; // every registered schema describes JSON
  throw new AppError('invalid_request', `The value of ${category}.${key} is not allowed`, {
    issues: result.error.issues.map(({ path, message }) => ({ path: ['value', ...path].join('.'), message })),
  });
}

function schemaOf(category: string, key: string): z.ZodType | undefined {
  if (category === 'agents' && isLoopInterval(key)) return loopIntervalSchema;
  return Object.hasOwn(registry, `${category}.${key}`) ? registry[`${category}.${key}`]?.schema : undefined;
}

const loopIntervalPrefix = loopIntervalKey('');
const isLoopInterval = (key: string) =>
  key.startsWith(loopIntervalPrefix) && agentTypeSchema.safeParse(key.slice(loopIntervalPrefix.length)).success;

/** `queue.delay_high` → category `queue`, key `delay_high`. */
export function splitName(name: SettingName): { category: string; key: string } {
  const dot = name.indexOf('.');
  return { category: name.slice(0, dot), key: name.slice(dot + 1) };
}
