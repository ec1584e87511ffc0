import type { JsonValue } from '../../contracts/primitives.ts';
import { type SettingName, type SettingValue, settingsRegistry } from '../../contracts/settings.ts';
import { splitName } from './rules.ts';

/** Registered settings by name, from memory. */
export interface SettingsReader {
  read<N extends SettingName>(name: N): SettingValue<N>;
}

export const createSettingsReader = (
  stored: (category: string, key: string) => JsonValue | undefined,
): SettingsReader => {
  /** What was read last, and what it was read from: a check for each change, not for each call. */
  const known = new Map<SettingName, { readonly from: JsonValue | undefined; readonly value: unknown }>();

  function read<N extends SettingName>(name: N): SettingValue<N> {
    const { category, key } = splitName(name);
    const from = stored(category, key);
    let entry = known.get(name);
    if (entry?.from !== from || entry === undefined) {
      // It passed this very schema when it was written; a value of an older version falls back.
      const parsed = settingsRegistry[name].schema.safeParse(from);
      entry = { from, value: parsed.success ? parsed.data : settingsRegistry[name].default };
      known.set(name, entry);
    }
    return entry.value as SettingValue<N>;
  }

  return { read };
};
