import { type Focus, focusNames, focusSchema } from '../../contracts/focus.ts';
import type { Actor, UnitOfWork } from '../events/work.ts';
import type { Postgres, Queryable } from '../platform/postgres.ts';
import type { SettingsService } from '../settings/service.ts';

export type FocusService = ReturnType<typeof createFocusService>;

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly settings: SettingsService;
}

/** What the team leans towards: settings of the category `focus`, changed together and told to agents with each wake. */
export function createFocusService({ postgres, unitOfWork, settings }: Deps) {
  /** `changedAt`: the last change of any, in milliseconds since 1970; 0 when there was none. */
  async function read(db: Queryable): Promise<{ readonly focus: Focus; readonly changedAt: number }> {
    const stored = await settings.category(db, 'focus');
    const values = Object.fromEntries(focusNames.map((name) => [name, stored.get(name)?.value ?? neutral]));
    return {
      focus: focusSchema.parse(values),
      changedAt: Math.max(0, ...[...stored.values()].map(({ updatedAt }) => updatedAt)),
    };
  }

  return {
    read,
    get: async (): Promise<Focus> => (await read(postgres.db)).focus,

    change: (actor: Actor, change: Partial<Record<keyof Focus, number | undefined>>): Promise<Focus> =>
      unitOfWork(async (work) => {
        const { focus } = await read(work.tx);
        for (const key of focusNames) {
          const value = change[key];
          if (value !== undefined && value !== focus[key])
            await settings.change(work, actor, { category: 'focus', key, value });
        }
        return (await read(work.tx)).focus;
      }),
  };
}

const neutral = 50;
