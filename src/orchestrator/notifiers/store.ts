import { and, asc, desc, eq, gt, inArray, isNull, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm';
import type { NotificationStatus } from '../../contracts/notification.ts';
import type { Queryable } from '../platform/postgres.ts';
import { pauseMsMax } from './rules.ts';
import { notifications } from './tables.ts';

export type NotificationRow = typeof notifications.$inferSelect;

/** Those that are new; who was told of this cause already is not told again. */
export async function insertNotifications(
  db: Queryable,
  rows: readonly (typeof notifications.$inferInsert)[],
): Promise<NotificationRow[]> {
  if (rows.length === 0) return [];
  return db
    .insert(notifications)
    .values([...rows])
    .onConflictDoNothing()
    .returning();
}

export interface Times {
  readonly now: number;
  /** How long a claim holds; one that would hold for twice as long was made before somebody set the clock back. */
  readonly claimMs: number;
}

/** Nobody works on it, or whoever did has not been heard of for too long. */
const isUnclaimed = ({ now, claimMs }: Times): SQL | undefined =>
  or(
    isNull(notifications.claimedUntil),
    lte(notifications.claimedUntil, now),
    // Not sooner: the clock of another replica may be ahead, and who waits for a connection looked at the time before.
    gt(notifications.claimedUntil, now + 2 * claimMs),
  );

/** Its moment has come; one further away than any pause was set by a clock that was ahead. */
const isDue = ({ now }: Times): SQL | undefined =>
  or(lte(notifications.nextAttemptAt, now), gt(notifications.nextAttemptAt, now + 2 * pauseMsMax));

/** One of those who try at once gets it; undefined when it is done, not due, or another's. */
export async function claimNotification(db: Queryable, id: string, times: Times): Promise<NotificationRow | undefined> {
  const [row] = await db
    .update(notifications)
    .set({ attempts: sql`${notifications.attempts} + 1`, claimedUntil: times.now + times.claimMs })
    .where(and(eq(notifications.id, id), eq(notifications.status, 'pending'), isDue(times), isUnclaimed(times)))
    .returning();
  return row;
}

/** False when another has taken it over since: then its word counts, not ours. */
export async function endAttempt(
  db: Queryable,
  { id, attempts }: Pick<NotificationRow, 'id' | 'attempts'>,
  change: Partial<Pick<NotificationRow, 'status' | 'lastError' | 'nextAttemptAt' | 'sentAt'>>,
): Promise<boolean> {
  const { rowCount } = await db
    .update(notifications)
    .set({ ...change, claimedUntil: null })
    .where(and(eq(notifications.id, id), eq(notifications.status, 'pending'), eq(notifications.attempts, attempts)));
  return rowCount === 1;
}

export const findDueNotifications = (db: Queryable, times: Times, limit: number): Promise<NotificationRow[]> =>
  db
    .select()
    .from(notifications)
    .where(and(eq(notifications.status, 'pending'), isDue(times), isUnclaimed(times)))
    .orderBy(asc(notifications.nextAttemptAt))
    .limit(limit);

export async function lockNotification(db: Queryable, id: string): Promise<NotificationRow | undefined> {
  const [row] = await db.select().from(notifications).where(eq(notifications.id, id)).for('update');
  return row;
}

export async function findNotification(db: Queryable, id: string): Promise<NotificationRow | undefined> {
  const [row] = await db.select().from(notifications).where(eq(notifications.id, id));
  return row;
}

/** A failed one is as good as new, for as long. */
export async function renewNotification(db: Queryable, id: string, now: number): Promise<void> {
  await db
    .update(notifications)
    .set({ status: 'pending', triedSince: now, nextAttemptAt: now, claimedUntil: null })
    .where(eq(notifications.id, id));
}

export async function failPendingOf(db: Queryable, channel: string, lastError: string): Promise<void> {
  await db
    .update(notifications)
    .set({ status: 'failed', lastError, nextAttemptAt: null, claimedUntil: null })
    .where(and(eq(notifications.channel, channel), eq(notifications.status, 'pending')));
}

interface PageQuery {
  readonly status?: NotificationStatus | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

export async function listNotifications(db: Queryable, { status, before, limit, offset }: PageQuery) {
  const where = status === undefined ? undefined : eq(notifications.status, status);
  const rows = await db
    .select()
    .from(notifications)
    .where(and(where, before === undefined ? undefined : lt(notifications.id, before)))
    .orderBy(desc(notifications.id))
    .limit(limit)
    .offset(offset);
  return { rows, total: await db.$count(notifications, where) };
}

export async function deleteNotificationsBefore(db: Queryable, before: number, limit: number): Promise<number> {
  const old = db
    .select({ id: notifications.id })
    .from(notifications)
    .where(and(lt(notifications.createdAt, before), ne(notifications.status, 'pending')))
    .orderBy(asc(notifications.id))
    .limit(limit);
  return (await db.delete(notifications).where(inArray(notifications.id, old))).rowCount ?? 0;
}
