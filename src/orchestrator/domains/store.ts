import { and, asc, desc, eq, ne } from 'drizzle-orm';
import type { RequestStatus } from '../../contracts/domain.ts';
import type { Queryable } from '../platform/postgres.ts';
import { domainRequests, domains } from './tables.ts';

export type DomainRow = typeof domains.$inferSelect;
export type RequestRow = typeof domainRequests.$inferSelect;

interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** New, or active again with what is said of it now. */
export async function upsertDomain(db: Queryable, row: typeof domains.$inferInsert): Promise<DomainRow> {
  const { id: _id, domain: _domain, createdAt: _createdAt, ...change } = row;
  const [saved] = await db
    .insert(domains)
    .values(row)
    .onConflictDoUpdate({ target: domains.domain, set: change })
    .returning();
  if (!saved) throw new Error(`the domain ${row.domain} was not saved`);
  return saved;
}

/** False when it was not there, or removed already. */
export async function deactivateDomain(
  db: Queryable,
  domain: string,
  change: { changedAt: number; changedBy: string },
): Promise<boolean> {
  const { rowCount } = await db
    .update(domains)
    .set({ ...change, isActive: false })
    .where(and(eq(domains.domain, domain), eq(domains.isActive, true)));
  return rowCount === 1;
}

export async function listDomains(db: Queryable, { limit, offset }: Page) {
  const rows = await db.select().from(domains).orderBy(asc(domains.domain)).limit(limit).offset(offset);
  return { rows, total: await db.$count(domains) };
}

export const activeDomains = (db: Queryable): Promise<DomainRow[]> =>
  db.select().from(domains).where(eq(domains.isActive, true));

/** False when a request for this domain waits already. */
export async function insertRequest(db: Queryable, row: typeof domainRequests.$inferInsert): Promise<boolean> {
  const { rowCount } = await db.insert(domainRequests).values(row).onConflictDoNothing();
  return rowCount === 1;
}

export async function findPendingRequest(db: Queryable, domain: string): Promise<RequestRow | undefined> {
  const [row] = await db
    .select()
    .from(domainRequests)
    .where(and(eq(domainRequests.domain, domain), eq(domainRequests.status, 'pending')));
  return row;
}

export async function countPendingOf(db: Queryable, requestedBy: string): Promise<number> {
  const where = and(eq(domainRequests.requestedBy, requestedBy), eq(domainRequests.status, 'pending'));
  return db.$count(domainRequests, where);
}

/** What a human said of it last. */
export async function lastVerdict(db: Queryable, domain: string): Promise<RequestRow | undefined> {
  const [row] = await db
    .select()
    .from(domainRequests)
    .where(and(eq(domainRequests.domain, domain), ne(domainRequests.status, 'pending')))
    .orderBy(desc(domainRequests.decidedAt))
    .limit(1);
  return row;
}

export async function lockRequest(db: Queryable, id: string): Promise<RequestRow | undefined> {
  const [row] = await db.select().from(domainRequests).where(eq(domainRequests.id, id)).for('update');
  return row;
}

/** Another's verdict at the same moment is waited for. */
export const lockPendingRequests = (db: Queryable): Promise<RequestRow[]> =>
  db
    .select()
    .from(domainRequests)
    .where(eq(domainRequests.status, 'pending'))
    .orderBy(asc(domainRequests.id))
    .for('update');

export async function decideRequest(
  db: Queryable,
  id: string,
  verdict: Pick<RequestRow, 'status' | 'decidedBy' | 'decidedAt' | 'notes'>,
): Promise<void> {
  await db.update(domainRequests).set(verdict).where(eq(domainRequests.id, id));
}

export async function listRequests(db: Queryable, { status, limit, offset }: Page & { status: RequestStatus }) {
  const where = eq(domainRequests.status, status);
  const rows = await db
    .select()
    .from(domainRequests)
    .where(where)
    .orderBy(asc(domainRequests.id))
    .limit(limit)
    .offset(offset);
  return { rows, total: await db.$count(domainRequests, where) };
}
