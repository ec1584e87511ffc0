import type { JsonValue } from '../../contracts/primitives.ts';
import { loopIntervalKey, type SettingName, type SettingValue, settingsRegistry } from '../../contracts/settings.ts';
import type { Actor, Work } from '../events/work.ts';
import type { Queryable } from '../platform/postgres.ts';
import { checkSetting, splitName } from './rules.ts';
import { findSetting, listCategory, listSettings, upsertSetting } from './store.ts';

export type SettingsService = typeof settingsService;

interface Change {
  readonly category: string;
  readonly key: string;
  readonly value: JsonValue;
}

/** Read from the database each time, in the reader's own transaction: a change takes effect at once, everywhere. */
export const settingsService = {
  async read<N extends SettingName>(db: Queryable, name: N): Promise<SettingValue<N>> {
    const { category, key } = splitName(name);
    const stored = await findSetting(db, category, key);
    // What is stored passed this very schema when it was written; a value of an older version falls back.
    const parsed = settingsRegistry[name].schema.safeParse(stored);
    return (parsed.success ? parsed.data : settingsRegistry[name].default) as SettingValue<N>;
  },

  /** The operator's loop intervals by role, in seconds; a role that is missing keeps its profile's. */
  async loopIntervals(db: Queryable): Promise<(agentType: string) => number | undefined> {
    const stored = await listCategory(db, 'agents');
    return (agentType) => {
      const value = stored.get(loopIntervalKey(agentType));
      return typeof value === 'number' ? value : undefined;
    };
  },

  /** All that operators changed, as it stands. */
  stored: listSettings,

  /** Throws where the change would be refused. */
  check: ({ category, key, value }: Change): void => void checkSetting(category, key, value),

  async change(work: Work, actor: Actor, { category, key, value }: Change): Promise<void> {
    const checked = checkSetting(category, key, value);
    const before = (await findSetting(work.tx, category, key)) ?? null;
    await upsertSetting(work.tx, { category, key, value: checked, updatedAt: work.now, updatedBy: actor.name });
    work.append(actor, 'setting_changed', { category, key, value: checked, before });
  },
};
