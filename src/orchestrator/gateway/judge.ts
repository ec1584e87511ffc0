import { benchmarkCaller } from '../../contracts/benchmark.ts';
import { narrowingSchema } from '../../contracts/profile.ts';
import type { Profiles } from '../agents/profiles.ts';
import { badValue, noSuchSetting } from '../settings/rules.ts';
import type { Change } from '../settings/service.ts';
import { wideningsOf } from './permissions.ts';

/** Categories whose keys name roles, and the keys that do not. */
const others: Readonly<Record<string, readonly string[]>> = {
  budgets: ['team', benchmarkCaller],
  permissions: ['alert_after', 'alert_window'],
};

/** Settings about a role need the role, and can take away only what its profile grants. */
export const createSettingsJudge =
  (profiles: Profiles) =>
  ({ category, key, value }: Change): void => {
    const besides = Object.hasOwn(others, category) ? others[category] : undefined;
    if (besides?.includes(key) ?? true) return;
    const profile = profiles.get(key);
    if (!profile) throw noSuchSetting(category, key);
    const widenings = category === 'permissions' ? wideningsOf(profile, narrowingSchema.parse(value)) : [];
    if (widenings.length > 0) throw badValue(category, key, widenings);
  };
