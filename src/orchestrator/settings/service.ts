import { AppError } from '../../contracts/errors.ts';
import type { JsonValue } from '../../contracts/primitives.ts';
import { loopIntervalKey, type SettingName, type SettingValue, settingsRegistry } from '../../contracts/settings.ts';
import type { Actor, Work } from '../events/work.ts';
import { iso } from '../platform/iso.ts';
import type { Queryable } from '../platform/postgres.ts';
import type { Sealer } from '../platform/sealing.ts';
import { type Catalogue, catalogueOf } from './catalogue.ts';
import {
  checkSetting,
  defaultsOf,
  isSecret,
  masked,
  noSuchSetting,
  type Role,
  settingOf,
  settingsOf,
  splitName,
} from './rules.ts';
import {
  countCategory,
  deleteSetting,
  findSetting,
  listCategory,
  listSettings,
  lockSetting,
  upsertSetting,
} from './store.ts';

export type SettingsService = ReturnType<typeof createSettingsService>;

export interface Change {
  readonly category: string;
  readonly key: string;
  readonly value: JsonValue;
  readonly description?: string | undefined;
}

interface Deps {
  readonly roles: () => readonly Role[];
  /** What a schema cannot know: throws where the checked value asks for what the role's profile does not grant. */
  readonly judge: (change: Change) => void;
  readonly sealer: Sealer;
  /** Whether a secret that nobody set here comes from the environment. */
  readonly isInEnvironment: (secret: string) => boolean;
}

/** Free settings of operators: enough for any honest use, and the list stays one that can be shown. */
const customMax = 200;

/** Read from the database each time, in the reader's own transaction: a change takes effect at once, everywhere. */
export function createSettingsService({ roles, judge, sealer, isInEnvironment }: Deps) {
  function check({ category, key, value }: Change): JsonValue {
    const checked = checkSetting(category, key, value);
    judge({ category, key, value: checked });
    return checked;
  }

  /** What stands in the database. */
  const kept = (category: string, key: string, value: JsonValue): JsonValue => {
    if (!isSecret(category, key)) return value;
    return sealer.seal(typeof value === 'string' ? value : JSON.stringify(value), nameOf(category, key));
  };

  return {
    async read<N extends SettingName>(db: Queryable, name: N): Promise<SettingValue<N>> {
      const { category, key } = splitName(name);
      const stored = await findSetting(db, category, key);
      // What is stored passed this very schema when it was written; a value of an older version falls back.
      const parsed = settingsRegistry[name].schema.safeParse(stored?.value);
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

    /** What operators changed of one category, by key. */
    async category(
      db: Queryable,
      category: string,
    ): Promise<ReadonlyMap<string, { value: JsonValue; updatedAt: number }>> {
      const rows = (await listSettings(db)).filter((row) => row.category === category);
      return new Map(rows.map(({ key, value, updatedAt }) => [key, { value, updatedAt }]));
    },

    /** What operators lend to agents, by name, opened; what was sealed under another key is left out. */
    async secrets(db: Queryable): Promise<ReadonlyMap<string, string>> {
      const stored = await listCategory(db, 'secrets');
      return new Map(
        [...stored].flatMap(([key, sealed]) => {
          const value = typeof sealed === 'string' ? sealer.open(sealed, nameOf('secrets', key)) : undefined;
          return value === undefined ? [] : [[key, value] as const];
        }),
      );
    },

    /** All that operators changed, as it stands; secrets are sealed. */
    stored: listSettings,

    async snapshot(db: Queryable): Promise<(category: string, key: string) => JsonValue | undefined> {
      const stored = new Map((await listSettings(db)).map(({ category, key, value }) => [`${category}.${key}`, value]));
      return (category, key) => stored.get(`${category}.${key}`);
    },

    /** For people: defaults included, secrets masked. */
    async list(db: Queryable) {
      return { settings: settingsOf(await listSettings(db), roles()) };
    },

    /** The same with what is known of each, for whoever wants to change one. */
    async catalogue(db: Queryable): Promise<Catalogue> {
      return catalogueOf({ stored: await listSettings(db), roles: roles(), isInEnvironment });
    },

    /** Throws where a decision may not ask for this change, or it would be refused. */
    check(change: Change): void {
      if (isSecret(change.category, change.key)) {
        const name = nameOf(change.category, change.key);
        throw new AppError('invalid_request', `${name} is a secret, and everybody reads decisions: an admin sets it`);
      }
      check(change);
    },

    async change(work: Work, actor: Actor, change: Change) {
      const { category, key } = change;
      const value = check(change);
      const former = await lockSetting(work.tx, category, key);
      if (category === 'custom' && !former && (await countCategory(work.tx, category)) >= customMax)
        throw new AppError('invalid_request', `There are ${customMax} custom settings already; no more are kept`);
      const description = change.description ?? former?.description ?? null;
      const row = { category, key, description, ...lastChange(work, actor) };
      if (value === null && category === 'secrets') await deleteSetting(work.tx, category, key);
      else await upsertSetting(work.tx, { ...row, value: kept(category, key, value) });
      const shown = (given: JsonValue) => masked(category, key, given);
      work.append(actor, 'setting_changed', {
        category,
        key,
        value: shown(value),
        before: shown(former?.value ?? null),
      });
      return {
        category,
        key,
        value: shown(value),
        description: description ?? settingOf(category, key)?.description ?? '',
        updatedAt: iso(work.now),
      };
    },

    /** What was set is taken back. What was not set stays as it is, and nothing is told. */
    async reset(work: Work, actor: Actor, category: string, key: string): Promise<void> {
      if (!settingOf(category, key)) throw noSuchSetting(category, key);
      const former = await lockSetting(work.tx, category, key);
      if (!former) return;
      const value = defaultsOf(roles()).find((each) => each.category === category && each.key === key)?.value ?? null;
      // Agents hear of a changed direction by the time of its change, which must not be forgotten.
      if (category === 'focus') await upsertSetting(work.tx, { ...former, value, ...lastChange(work, actor) });
      else await deleteSetting(work.tx, category, key);
      const before = masked(category, key, former.value);
      work.append(actor, 'setting_changed', { category, key, value, before, reset: true });
    },
  };
}

const lastChange = (work: Work, actor: Actor) => ({ updatedAt: work.now, updatedBy: actor.name });

const nameOf = (category: string, key: string) => `${category}.${key}`;
