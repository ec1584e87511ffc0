import type { Routes } from '../../contracts/routes.ts';
import type { UnitOfWork } from '../events/work.ts';
import type { Handlers } from '../http/mount.ts';
import { actorOf } from '../keys/service.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { SettingsService } from './service.ts';

type SettingRoutes = Pick<Routes, 'getSettings' | 'getSettingsRegistry' | 'changeSetting' | 'resetSetting'>;

interface Deps {
  readonly settings: SettingsService;
  readonly unitOfWork: UnitOfWork;
  readonly postgres: Postgres;
  /** Resolves when this replica knows of the change: the operator's answer is in effect for the next call. */
  readonly inEffect: () => Promise<void>;
}

export const createSettingHandlers = ({ settings, unitOfWork, postgres, inEffect }: Deps): Handlers<SettingRoutes> => ({
  getSettings: () => settings.list(postgres.db),
  getSettingsRegistry: () => settings.catalogue(postgres.db),
  changeSetting: async ({ params, body, caller }) => {
    const setting = await unitOfWork((work) => settings.change(work, actorOf(caller), { ...params, ...body }));
    await inEffect();
    return { success: true, setting };
  },
  resetSetting: async ({ params, caller }) => {
    await unitOfWork((work) => settings.reset(work, actorOf(caller), params.category, params.key));
    await inEffect();
    return { success: true };
  },
});
