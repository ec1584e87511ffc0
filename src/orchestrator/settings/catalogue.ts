import { z } from 'zod';
import type { JsonValue } from '../../contracts/primitives.ts';
import type { SettingEntry } from '../../contracts/setting-entry.ts';
import { iso } from '../platform/iso.ts';
import { defaultsOf, isRegistered, isSecret, type Kept, masked, type Role, type Setting, settingOf } from './rules.ts';
import type { SettingRow } from './store.ts';

export interface Catalogue {
  readonly settings: SettingEntry[];
  /** JSON Schemas by the names that entries give; one for each family, however many roles there are. */
  readonly schemas: Record<string, Record<string, JsonValue>>;
}

interface Known {
  readonly stored: readonly SettingRow[];
  readonly roles: readonly Role[];
  readonly isInEnvironment: (secret: string) => boolean;
}

/** Everything that can be set and has a name, as it stands: what is registered, what roles have, what operators added. */
export function catalogueOf({ stored, roles, isInEnvironment }: Known): Catalogue {
  const lent = new Set(roles.flatMap(({ secrets }) => secrets.map(({ name }) => name)));
  const known = [...defaultsOf(roles), ...[...lent].map((key) => ({ category: 'secrets', key, value: null }))];
  const names = new Set(known.map(nameOf));
  const added = stored.filter((row) => !names.has(nameOf(row))).map((row) => ({ ...row, value: null }));
  const rows = new Map(stored.map((row) => [nameOf(row), row]));
  const schemas: Catalogue['schemas'] = {};

  const settings = [...known, ...added].flatMap((setting) => {
    const { category, key } = setting;
    const family = settingOf(category, key);
    if (!family) return [];
    const schema = isRegistered(category, key) ? nameOf(setting) : category;
    schemas[schema] ??= jsonSchemaOf(family);
    const row = rows.get(nameOf(setting));
    return {
      ...{ category, key, schema, description: family.description, unit: family.unit ?? null },
      default: setting.value,
      value: masked(category, key, row ? row.value : setting.value),
      secret: isSecret(category, key),
      agents: agentsOf(setting, roles),
      inEnvironment: category === 'secrets' && row === undefined && isInEnvironment(key),
      note: row?.description ?? null,
      changedAt: row ? iso(row.updatedAt) : null,
      changedBy: row?.updatedBy ?? null,
    };
  });
  return { settings, schemas };
}

const nameOf = ({ category, key }: Pick<Kept, 'category' | 'key'>) => `${category}.${key}`;

// A schema of zod describes JSON here; what JSON Schema has no word for (a check in code) is left out.
const jsonSchemaOf = ({ schema }: Setting) =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Record<string, JsonValue>;

function agentsOf({ category, key }: Kept, roles: readonly Role[]): string[] {
  const isAbout = ({ type, secrets }: Role) =>
    category === 'secrets' ? secrets.some(({ name }) => name === key) : key === type || key === `loop_interval_${type}`;
  return ['secrets', 'budgets', 'permissions', 'agents'].includes(category)
    ? roles.filter(isAbout).map(({ type }) => type)
    : [];
}
