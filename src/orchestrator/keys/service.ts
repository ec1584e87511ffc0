import { and, asc, count, eq, gt, isNull, lte, ne, or, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { AppError } from '../../contracts/errors.ts';
import type { Role } from '../../contracts/key.ts';
import { type Actor, system, type UnitOfWork, type Work } from '../events/work.ts';
import type { Clock } from '../platform/clock.ts';
import { gather } from '../platform/gather.ts';
import { type Chance, hashSecret, sameHash } from '../platform/identity.ts';
import { iso, isoOrNull } from '../platform/iso.ts';
import { type Postgres, type Queryable, violatedUnique } from '../platform/postgres.ts';
import { apiKeys, keyPasses } from './tables.ts';

export type KeyService = ReturnType<typeof createKeyService>;

/** An operator, known by a key. */
export interface Caller {
  readonly keyId: string;
  readonly name: string;
  readonly role: Role;
  /** Milliseconds since 1970; null: never. */
  readonly expiresAt: number | null;
}

export const actorOf = (caller: Caller): Actor => ({ name: `operator:${caller.name}`, agentId: null });

type KeyRow = typeof apiKeys.$inferSelect;
export type PassKind = 'session' | 'ticket' | 'link';

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** Any number will do, as long as nobody else uses it. */
const adminKeyLock = 7_261_002;

const passMs: Record<PassKind, number> = { session: 12 * 3_600_000, ticket: 30_000, link: 15 * 60_000 };

export function createKeyService({ postgres, unitOfWork, clock, chance }: Deps) {
  const usable = (now: number) =>
    and(isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now)));

  async function insert(
    work: Work,
    actor: Actor,
    key: { name: string; role: Role; expiresAt: number | null; secret: string },
  ) {
    const { secret, ...rest } = key;
    const row = { ...rest, id: chance.id('key'), hash: hashSecret(secret), createdAt: work.now, revokedAt: null };
    await work.tx.insert(apiKeys).values(row);
    work.append(actor, 'key_created', { keyId: row.id, name: row.name, role: row.role });
    return row;
  }

  async function revokeRow(work: Work, actor: Actor, row: KeyRow): Promise<void> {
    await work.tx.update(apiKeys).set({ revokedAt: work.now }).where(eq(apiKeys.id, row.id));
    await work.tx.delete(keyPasses).where(eq(keyPasses.keyId, row.id));
    work.append(actor, 'key_revoked', { keyId: row.id, name: row.name, role: row.role });
  }

  async function otherAdmins(db: Queryable, id: string, now: number): Promise<number> {
    const where = and(usable(now), isNull(apiKeys.expiresAt), eq(apiKeys.role, 'admin'), ne(apiKeys.id, id));
    const [row] = await db.select({ count: count() }).from(apiKeys).where(where);
    return row?.count ?? 0;
  }

  // Gathered, because anybody may ask: a flood of guesses must cost the database no more than a single one.
  const findKey = gather(async (hashes) => {
    const rows = await postgres.db
      .select()
      .from(apiKeys)
      .where(and(isOneOf(apiKeys.hash, hashes), usable(clock.now())));
    return new Map(rows.map((row) => [row.hash, row]));
  });
  const findPass = gather(async (hashes) => {
    const now = clock.now();
    const rows = await postgres.db
      .select({ pass: keyPasses, key: apiKeys })
      .from(keyPasses)
      .innerJoin(apiKeys, eq(apiKeys.id, keyPasses.keyId))
      .where(and(isOneOf(keyPasses.hash, hashes), gt(keyPasses.expiresAt, now), usable(now)));
    return new Map(rows.map((row) => [row.pass.hash, row]));
  });

  return {
    async authenticate(secret: string): Promise<Caller | undefined> {
      const hash = hashSecret(secret);
      const row = await findKey(hash);
      return row && sameHash(row.hash, hash) ? toCaller(row) : undefined;
    },

    /** A ticket or a link is used up by this look; a session is not. */
    async authenticatePass(kind: PassKind, secret: string): Promise<Caller | undefined> {
      const hash = hashSecret(secret);
      const found = await findPass(hash);
      if (found?.pass.kind !== kind) return undefined;
      if (kind === 'session') return toCaller(found.key);
      // Many may have found it; who takes the row away has used it.
      const taken = await postgres.db.delete(keyPasses).where(eq(keyPasses.hash, hash)).returning();
      return taken.length > 0 ? toCaller(found.key) : undefined;
    },

    async createPass(kind: PassKind, caller: Caller): Promise<{ secret: string; expiresAt: number }> {
      const now = clock.now();
      const secret = chance.secret();
      // A pass stands for its key, and for no longer.
      const expiresAt = Math.min(now + passMs[kind], caller.expiresAt ?? Number.POSITIVE_INFINITY);
      await postgres.db.delete(keyPasses).where(lte(keyPasses.expiresAt, now));
      await postgres.db.insert(keyPasses).values({ hash: hashSecret(secret), kind, keyId: caller.keyId, expiresAt });
      return { secret, expiresAt };
    },

    endSession: async (secret: string): Promise<void> => {
      await postgres.db.delete(keyPasses).where(eq(keyPasses.hash, hashSecret(secret)));
    },

    async create(caller: Caller, input: { name: string; role: Role; expiresAt?: string | undefined }) {
      const secret = `brk_${chance.secret()}`;
      const expiresAt = input.expiresAt === undefined ? null : Date.parse(input.expiresAt);
      try {
        const key = { name: input.name, role: input.role, expiresAt, secret };
        const row = await unitOfWork((work) => insert(work, actorOf(caller), key));
        return { key: toKey(row), secret };
      } catch (error) {
        if (!violatedUnique(error, 'one_key_per_name')) throw error;
        throw new AppError('key_name_taken', `A key named "${input.name}" is in use; revoke it or take another name`);
      }
    },

    /** The operator's own key from the configuration, or a generated one: there is always one admin key that works. */
    ensureAdminKey: (secret: string): Promise<void> =>
      unitOfWork(async (work) => {
        const name = 'admin';
        // Replicas that start together do this one after the other.
        await work.tx.execute(sql`select pg_advisory_xact_lock(${adminKeyLock})`);
        const [current] = await work.tx
          .select()
          .from(apiKeys)
          .where(and(eq(apiKeys.name, name), isNull(apiKeys.revokedAt)))
          .for('update');
        if (current?.hash === hashSecret(secret)) return;
        // The configured key has changed: the old one must not go on working.
        if (current) await revokeRow(work, system, current);
        await insert(work, system, { name, role: 'admin', expiresAt: null, secret });
      }),

    async list({ limit, offset }: { limit: number; offset: number }) {
      const rows = await postgres.db.select().from(apiKeys).orderBy(asc(apiKeys.id)).limit(limit).offset(offset);
      const [total] = await postgres.db.select({ count: count() }).from(apiKeys);
      return { keys: rows.map(toKey), total: total?.count ?? 0, limit, offset };
    },

    revoke: (caller: Caller, id: string): Promise<void> =>
      unitOfWork(async (work) => {
        // Admin keys are locked together, in one order, so that two cannot revoke each other.
        const admins = await work.tx
          .select()
          .from(apiKeys)
          .where(eq(apiKeys.role, 'admin'))
          .orderBy(asc(apiKeys.id))
          .for('update');
        const row =
          admins.find((key) => key.id === id) ??
          (await work.tx.select().from(apiKeys).where(eq(apiKeys.id, id)).for('update'))[0];
        if (!row || row.revokedAt !== null) throw new AppError('key_not_found', `There is no key ${id}`);
        if (row.role === 'admin' && (await otherAdmins(work.tx, id, work.now)) === 0) {
          throw new AppError('last_admin_key', `"${row.name}" is the last admin key; create another first`);
        }
        await revokeRow(work, actorOf(caller), row);
      }),
  };
}

/** One parameter, however many: drizzle's `inArray` would make another statement of each number. */
const isOneOf = (column: PgColumn, values: readonly string[]) => sql`${column} = any(${sql.param(values)})`;

const toCaller = ({ id, name, role, expiresAt }: KeyRow): Caller => ({ keyId: id, name, role, expiresAt });

const toKey = ({ id, name, role, createdAt, expiresAt, revokedAt }: KeyRow) => ({
  id,
  name,
  role,
  createdAt: iso(createdAt),
  expiresAt: isoOrNull(expiresAt),
  revokedAt: isoOrNull(revokedAt),
});
