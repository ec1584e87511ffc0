import { z } from 'zod';
import { idOf, timestamp } from './primitives.ts';

/** `viewer` reads; `operator` runs agents, tasks, domains; `admin` also resolves escalations, changes settings and keys. */
export const roleSchema = z.enum(['viewer', 'operator', 'admin']);
export type Role = z.infer<typeof roleSchema>;

/** Each role may do what the roles before it may. */
export const mayActAs = (role: Role, needed: Role): boolean =>
  roleSchema.options.indexOf(role) >= roleSchema.options.indexOf(needed);

export const keyNameSchema = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._ -]{0,59}$/, 'a key name is 1 to 60 letters, digits, spaces and ._-');

export const keySchema = z.object({
  id: idOf('key'),
  name: z.string(),
  role: roleSchema,
  createdAt: timestamp,
  expiresAt: timestamp.nullable(),
  revokedAt: timestamp.nullable(),
});
