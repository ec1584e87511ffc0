import { z } from 'zod';

const isStorableText = (value: string): boolean => !value.includes('\u0000') && value.isWellFormed();

/** Text that Postgres can store (no NUL) and a screen can show. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes('\u0000'), 'must not contain NUL characters')
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode');

/** TypeID prefixes (typeid.dev): an id tells what it names, and sorts by the time it was made. */
export const idPrefixes = [
  'agt',
  'ins',
  'lop',
  'hst',
  'msg',
  'tsk',
  'dec',
  'esc',
  'key',
  'team',
  'dom',
  'dmr',
  'mcl',
  'run',
  'doc',
  'ntf',
  'bmr',
  'bma',
] as const;
export type IdPrefix = (typeof idPrefixes)[number];

/** An opaque id such as `tsk_01h455vb4pex5vsknk084sn02q`. */
export const idOf = (prefix: IdPrefix) => text(80).describe(`an id that begins with ${prefix}_`);

/** ISO 8601 in UTC. */
export const timestamp = z.iso.datetime();

const notRoles: readonly string[] = ['system', 'operator', 'team'];

/** A role's id: the file name of its profile. `system` and `operator` are taken by actors that are no agents, `team` by the whole. */
export const agentTypeSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'a role is 1 to 32 of a-z, 0-9 and -, and begins with a letter')
  .refine((type) => !notRoles.includes(type), '"system", "operator" and "team" are not roles');

/**
 * Who did something: an agent's type (`cmo`), a key (`operator:<key name>`), a link in a channel (`channel:<name>`) or `system`.
 * Neither roles nor key names hold a colon, so no name can pass for another kind.
 */
export const actorSchema = z.string().describe('an agent type, "operator:<key name>", "channel:<name>" or "system"');

/** The same, and not blank. */
export const filledText = (max: number) => text(max).refine((value) => value.trim() !== '', 'must not be blank');

/** A whole number in a query. Number() takes an empty text for 0; nobody means that. */
export const wholeQuery = (min: number, max: number) =>
  z
    .string()
    .refine((value) => value.trim() !== '', 'must be a number')
    .pipe(z.coerce.number<string>().int().min(min).max(max));

/** A bounded page size: outside 1..200 is an error, never clamped in silence. */
export const limitQuery = (fallback: number) => wholeQuery(1, 200).default(fallback);
export const offsetQuery = wholeQuery(0, 1_000_000).default(0);

/** A place in the event log. */
export const seqSchema = z.number().int().min(0);
export const seqQuery = wholeQuery(0, Number.MAX_SAFE_INTEGER);

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

const jsonLevelsMax = 32;

/** Any JSON value that Postgres can store, and that nobody has nested beyond all sense. */
export const jsonValue = z
  .unknown()
  .refine(
    (value) => isStorable(value, jsonLevelsMax),
    `must be JSON of at most ${jsonLevelsMax} levels, without NUL characters, in well-formed Unicode`,
  ) as z.ZodType<unknown> as z.ZodType<JsonValue, JsonValue>; // What the check lets through is JSON.

function isStorable(value: unknown, levels: number): boolean {
  if (levels === 0) return false;
  if (typeof value === 'string') return isStorableText(value);
  if (typeof value !== 'object' || value === null) return value !== undefined;
  return Object.entries(value).every(([key, part]) => isStorableText(key) && isStorable(part, levels - 1));
}
