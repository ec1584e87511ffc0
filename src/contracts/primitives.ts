import { z } from 'zod';

/** TypeID prefixes (typeid.dev): an id tells what it names, and sorts by the time it was made. */
export const idPrefixes = ['agt', 'ins', 'lop', 'hst', 'msg', 'tsk', 'dec', 'esc', 'key', 'team'] as const;
export type IdPrefix = (typeof idPrefixes)[number];

/** An opaque id such as `tsk_01h455vb4pex5vsknk084sn02q`. */
export const idOf = (prefix: IdPrefix) => z.string().max(80).describe(`an id that begins with ${prefix}_`);

/** ISO 8601 in UTC. */
export const timestamp = z.iso.datetime();

/** A role's id: the file name of its profile. `system` and `operator` are taken by actors that are no agents. */
export const agentTypeSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'a role is 1 to 32 of a-z, 0-9 and -, and begins with a letter')
  .refine((type) => type !== 'system' && type !== 'operator', '"system" and "operator" are not roles');

/**
 * Who did something: an agent's type (`cmo`), a key (`operator:<key name>`) or `system`.
 * Neither roles nor key names hold a colon, so no name can pass for another kind.
 */
export const actorSchema = z.string().describe('an agent type, "operator:<key name>" or "system"');

/** Text that Postgres can store (no NUL) and a screen can show. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes('\u0000'), 'must not contain NUL characters')
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode');

/** The same, and not blank. */
export const filledText = (max: number) => text(max).refine((value) => value.trim() !== '', 'must not be blank');

/** A bounded page size: outside 1..200 is an error, never clamped in silence. */
export const limitQuery = (fallback: number) => z.coerce.number().int().min(1).max(200).default(fallback);
export const offsetQuery = z.coerce.number().int().min(0).max(1_000_000).default(0);

/** A place in the event log. */
export const seqSchema = z.number().int().min(0);
export const seqQuery = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Any JSON value. */
export const jsonValue = z.json();
export type JsonValue = z.infer<typeof jsonValue>;
