import { narrowingSchema } from '../../contracts/profile.ts';
import type { Profiles } from '../agents/profiles.ts';
import { badValue, noSuchSetting } from '../settings/rules.ts';
import type { Change } from '../settings/service.ts';
import { wideningsOf } from './permissions.ts';

const rolesOnly = ['budgets', 'permissions'];
/** Keys of these categories that name no role. */
const others = ['team', 'alert_after', 'alert_window'];

/** Settings about a role need the role, and can take away only what its profile grants. */
export const createSettingsJudge =
  (profiles: Profiles) =>
  ({ category, key, value }: Change): void => {
    if (!rolesOnly.includes(category) || others.includes(key)) return;
    const profile = profiles.get(key);
    if (!profile) throw noSuchSetting(category, key);
    const widenings = category === 'permissions' ? wideningsOf(profile, narrowingSchema.parse(value)) : [];
    if (widenings.length > 0) throw badValue(category, key, widenings);
  };
