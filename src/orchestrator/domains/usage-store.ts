import { and, asc, countDistinct, desc, eq, gt, gte, inArray, lt, max, type SQL, sql, sum } from 'drizzle-orm';
import type { Queryable } from '../platform/postgres.ts';
import { domainUsage } from './tables.ts';

export type UsageRow = typeof domainUsage.$inferSelect;
export type Outcome = 'allowed' | 'denied';
export type Slot = 'hour' | 'day';

/** In the order of the key, so that batches of several replicas wait for each other and for nothing else. */
export async function addUsage(db: Queryable, rows: readonly UsageRow[]): Promise<void> {
  const keyOf = ({ hour, domain, agentType }: UsageRow) => `${hour} ${domain} ${agentType}`;
  const ordered = [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  await db
    .insert(domainUsage)
    .values(ordered)
    .onConflictDoUpdate({
      target: [domainUsage.hour, domainUsage.domain, domainUsage.agentType],
      set: {
        allowed: sql`${domainUsage.allowed} + excluded.allowed`,
        denied: sql`${domainUsage.denied} + excluded.denied`,
      },
    });
}

const total = (column: Parameters<typeof sum>[0]) => sql<number>`coalesce(${sum(column)}, 0)`.mapWith(Number);
const totals = { allowed: total(domainUsage.allowed), denied: total(domainUsage.denied) };

interface UsageQuery {
  readonly from: number;
  /** Only domains with attempts that ended so. */
  readonly outcome?: Outcome | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Domains that were tried since, the most tried first. */
export async function listUsage(db: Queryable, { from, outcome, limit, offset }: UsageQuery) {
  const where = and(gte(domainUsage.hour, from), outcome && gt(domainUsage[outcome], 0));
  const counted = outcome === undefined ? sql`${totals.allowed} + ${totals.denied}` : totals[outcome];
  const rows = await db
    .select({
      domain: domainUsage.domain,
      ...totals,
      lastHour: max(domainUsage.hour),
      agents: sql<string[]>`array_agg(distinct ${domainUsage.agentType})`,
    })
    .from(domainUsage)
    .where(where)
    .groupBy(domainUsage.domain)
    .orderBy(desc(counted), asc(domainUsage.domain))
    .limit(limit)
    .offset(offset);
  const [found] = await db
    .select({ domains: countDistinct(domainUsage.domain) })
    .from(domainUsage)
    .where(where);
  return { rows, total: found?.domains ?? 0 };
}

/** Attempts at these domains since, by day. */
export const readDays = (db: Queryable, from: number, domains: readonly string[]) =>
  db
    .select({ domain: domainUsage.domain, day: slotOf('day').as('day'), ...totals })
    .from(domainUsage)
    .where(and(gte(domainUsage.hour, from), inArray(domainUsage.domain, [...domains])))
    .groupBy(sql`1, 2`)
    .orderBy(sql`1, 2`);

interface AttemptsQuery {
  readonly from: number;
  readonly to: number;
  readonly by: Slot;
  readonly domain?: string | undefined;
  readonly agentType?: string | undefined;
}

/** Attempts by hour or day, oldest first; where nothing was tried there is no row. */
export const readAttempts = (db: Queryable, { from, to, by, domain, agentType }: AttemptsQuery) =>
  db
    .select({ at: slotOf(by).as('at'), ...totals })
    .from(domainUsage)
    .where(
      and(
        gte(domainUsage.hour, from),
        lt(domainUsage.hour, to),
        domain === undefined ? undefined : eq(domainUsage.domain, domain),
        agentType === undefined ? undefined : eq(domainUsage.agentType, agentType),
      ),
    )
    .groupBy(sql`1`)
    .orderBy(sql`1`);

/** Days are those of UTC. */
const slotOf = (slot: Slot): SQL<number> =>
  sql`date_trunc(${sql.raw(`'${slot}'`)}, ${domainUsage.hour}, 'UTC')`.mapWith(domainUsage.hour);

/** Of what is older, so many; how many went. */
export async function deleteUsage(db: Queryable, before: number, limit: number): Promise<number> {
  const { hour, domain, agentType } = domainUsage;
  const eldest = db.select({ hour, domain, agentType }).from(domainUsage).where(lt(hour, before)).limit(limit);
  const { rowCount } = await db.delete(domainUsage).where(sql`(${hour}, ${domain}, ${agentType}) in ${eldest}`);
  return rowCount ?? 0;
}
