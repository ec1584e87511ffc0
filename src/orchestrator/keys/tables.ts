import { isNull } from 'drizzle-orm';
import { pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Role } from '../../contracts/key.ts';
import { createdAt, id, moment } from '../platform/columns.ts';

export const apiKeys = pgTable(
  'api_keys',
  {
    id: id('id').primaryKey(),
    name: text('name').notNull(),
    role: text('role').$type<Role>().notNull(),
    /** SHA-256 of the secret. Secrets are 256 random bits (or the operator's own), never stored. */
    hash: text('hash').notNull(),
    createdAt: createdAt(),
    expiresAt: moment('expires_at'),
    revokedAt: moment('revoked_at'),
  },
  (table) => [
    uniqueIndex('one_key_per_name').on(table.name).where(isNull(table.revokedAt)),
    uniqueIndex('one_key_per_secret').on(table.hash).where(isNull(table.revokedAt)),
  ],
);

/** What stands for a key for a while: a browser's session cookie, a single-use ticket for the socket, or a single-use link to a session. */
export const keyPasses = pgTable('key_passes', {
  hash: text('hash').primaryKey(),
  kind: text('kind').$type<'session' | 'ticket' | 'link'>().notNull(),
  keyId: id('key_id')
    .notNull()
    .references(() => apiKeys.id),
  expiresAt: moment('expires_at').notNull(),
});
