import { benchmarkCaller } from '../../contracts/benchmark.ts';
import type { Budgets } from '../../contracts/budget.ts';
import { AppError } from '../../contracts/errors.ts';
import type { JsonValue } from '../../contracts/primitives.ts';
import {
  loopIntervalKey,
  type SettingFamily,
  type SettingName,
  settingFamilies,
  settingsRegistry,
} from '../../contracts/settings.ts';

/** What is known of any setting. */
export type Setting = Pick<SettingFamily, 'schema' | 'unit' | 'description'>;

const registry: Readonly<Record<string, Setting>> = settingsRegistry;
const families: Readonly<Record<string, SettingFamily>> = settingFamilies;

/** The value as the setting's schema wants it, or an error that names the setting and what is allowed. */
export function checkSetting(category: string, key: string, value: JsonValue): JsonValue {
  const setting = settingOf(category, key);
  if (!setting) throw noSuchSetting(category, key);
  const result = setting.schema.safeParse(value);
  if (result.success) return result.data as JsonValue; // every registered schema describes JSON
  throw badValue(category, key, result.error.issues);
}

export const noSuchSetting = (category: string, key: string) =>
  new AppError('setting_not_found', `There is no setting ${category}.${key}`);

export const badValue = (
  category: string,
  key: string,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
) =>
  new AppError('invalid_request', `The value of ${category}.${key} is not allowed`, {
    issues: issues.map(({ path, message }) => ({ path: ['value', ...path].join('.'), message })),
  });

/** Of its own, not one of a family. */
export const isRegistered = (category: string, key: string): boolean => Object.hasOwn(registry, `${category}.${key}`);

/** What is known of a setting; undefined when there is none of that name. */
export function settingOf(category: string, key: string): Setting | undefined {
  if (isRegistered(category, key)) return registry[`${category}.${key}`];
  const family = Object.hasOwn(families, category) ? families[category] : undefined;
  return family?.key.safeParse(key).success ? family : undefined;
}

/** `queue.delay_high` → category `queue`, key `delay_high`. */
export function splitName(name: SettingName): { category: string; key: string } {
  const dot = name.indexOf('.');
  return { category: name.slice(0, dot), key: name.slice(dot + 1) };
}

/** In place of a secret, wherever settings are shown or told of. */
const mask = '********';
const secretKey = /secret|token|password|passphrase|credential|api[_.-]?key|private[_.-]?key/;

/** Sealed at rest. Operators keep what they like under `custom`, keys of other programs among it; their names give them away. */
export const isSecret = (category: string, key: string): boolean =>
  category === 'secrets' || (category === 'custom' && secretKey.test(key));

export const masked = (category: string, key: string, value: JsonValue): JsonValue =>
  isSecret(category, key) && value !== null ? mask : value;

/** What a role's profile says in the place of a setting. */
export interface Role {
  readonly type: string;
  readonly loopInterval: number;
  readonly budgets: Budgets;
  readonly secrets: readonly { readonly name: string }[];
}

export interface Kept {
  readonly category: string;
  readonly key: string;
  readonly value: JsonValue;
}

/** What holds where operators changed nothing; null where nothing does. */
export function defaultsOf(roles: readonly Role[]): Kept[] {
  const registered = Object.entries(settingsRegistry).map(([name, setting]) => ({
    ...splitName(name as SettingName), // Object.entries forgets the names
    value: setting.default as JsonValue, // every registered schema describes JSON
  }));
  const ofRoles = roles.flatMap(({ type, loopInterval, budgets }) => [
    { category: 'agents', key: loopIntervalKey(type), value: loopInterval },
    { category: 'budgets', key: type, value: budgets as JsonValue }, // out of a file of YAML
    { category: 'permissions', key: type, value: {} },
  ]);
  const ofOthers = ['team', benchmarkCaller].map((key) => ({ category: 'budgets', key, value: {} }));
  return [...registered, ...ofOthers, ...ofRoles];
}

export type Settings = Record<string, Record<string, JsonValue>>;

/** Every setting by category and key: what operators changed, and the defaults of the rest. */
export function settingsOf(stored: readonly Kept[], roles: readonly Role[]): Settings {
  const settings: Settings = {};
  for (const { category, key, value } of [...defaultsOf(roles), ...stored]) {
    if (!settingOf(category, key)) continue;
    settings[category] = { ...settings[category], [key]: masked(category, key, value) };
  }
  return settings;
}
