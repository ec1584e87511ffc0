import type { JsonValue } from '../../../../src/contracts/primitives.ts';
import type { SettingEntry, SettingUnit } from '../../../../src/contracts/setting-entry.ts';

export type JsonSchema = Readonly<Record<string, JsonValue>>;

/** How a value is edited: what fits no other field is written as JSON. */
export type Kind =
  /** `verbatim`: with the spaces around it. */
  | { readonly kind: 'switch' | 'json' | 'verbatim' }
  | { readonly kind: 'number'; readonly min: number | undefined; readonly max: number | undefined }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  /** What an empty field stands for. */
  | { readonly kind: 'text'; readonly blank: null | '' };

export function kindOf(schema: JsonSchema): Kind {
  const { type, enum: options, minimum, maximum, anyOf } = schema;
  if (type === 'boolean') return { kind: 'switch' };
  if (type === 'integer' || type === 'number')
    return { kind: 'number', min: numberOr(minimum), max: numberOr(maximum) };
  if (type === 'string' && options === undefined) return { kind: 'verbatim' };
  if (Array.isArray(options)) return { kind: 'choice', options: options.map(String) };
  if (Array.isArray(anyOf) && anyOf.every(isStringOrNull))
    return { kind: 'text', blank: anyOf.some((option) => isOfType(option, 'null')) ? null : '' };
  return { kind: 'json' };
}

const numberOr = (value: JsonValue | undefined) => (typeof value === 'number' ? value : undefined);
const isOfType = (option: JsonValue, type: string): boolean =>
  typeof option === 'object' && option !== null && 'type' in option && option['type'] === type;
const isStringOrNull = (option: JsonValue) => isOfType(option, 'string') || isOfType(option, 'null');

/** What the field holds before anybody has touched it. */
export function draftOf(kind: Kind, value: JsonValue): string {
  if (kind.kind === 'json') return JSON.stringify(value, null, 2);
  return value === null ? '' : String(value);
}

export type Draft = { readonly value: JsonValue } | { readonly problem: 'not_json' | 'not_number' };

/** What the field says, as a value; whether that is allowed is the server's to say. */
export function valueOfDraft(kind: Kind, draft: string): Draft {
  switch (kind.kind) {
    case 'switch':
      return { value: draft === 'true' };
    case 'choice':
    case 'verbatim':
      return { value: draft };
    case 'text':
      return { value: draft.trim() === '' ? kind.blank : draft.trim() };
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(draft.trim()) ? { value: Number(draft) } : { problem: 'not_number' };
    case 'json':
      try {
        return { value: JSON.parse(draft) as JsonValue }; // what parses is JSON
      } catch {
        return { problem: 'not_json' };
      }
  }
}

const msOf: Record<SettingUnit, number> = { ms: 1, s: 1_000, days: 86_400_000 };
const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** Exactly, in as few units as it takes: "1 h 30 min", "90 d", "0 s". */
export function durationOf(value: number, unit: SettingUnit): string {
  let left = value * msOf[unit];
  const parts = units.flatMap(([name, ms]) => {
    const count = Math.floor(left / ms);
    left -= count * ms;
    return count > 0 ? [`${count} ${name}`] : [];
  });
  return parts.length === 0 ? '0 s' : parts.join(' ');
}

export const nameOfSetting = ({ category, key }: Pick<SettingEntry, 'category' | 'key'>): string =>
  `${category}.${key}`;

/** Every word is found in the name, the description, or a role that it is about. */
export function isFound(entry: SettingEntry, description: string, query: string): boolean {
  const text = [nameOfSetting(entry), description, entry.note ?? '', ...entry.agents].join(' ').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** In the order of the registry. */
export function byCategory(entries: readonly SettingEntry[]): [category: string, entries: SettingEntry[]][] {
  const categories = [...new Set(entries.map(({ category }) => category))];
  return categories.map((category) => [category, entries.filter((entry) => entry.category === category)]);
}
