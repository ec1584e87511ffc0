import { and, count, eq, gte, lt, type SQL, sql, sum } from 'drizzle-orm';
import type { Queryable } from '../platform/postgres.ts';
import { modelCalls } from './tables.ts';

export const groupings = ['agent', 'model', 'day'] as const;
export type Grouping = (typeof groupings)[number];

export interface UsageQuery {
  readonly from: number;
  readonly to: number;
  /** Of this agent alone. */
  readonly agent: string | undefined;
  readonly groupBy: readonly Grouping[];
  readonly limit: number;
  readonly offset: number;
}

const expressions: Record<Grouping, SQL<string>> = {
  agent: sql<string>`${modelCalls.agentType}`,
  model: sql<string>`${modelCalls.provider} || '/' || ${modelCalls.model}`,
  day: sql<string>`to_char(${modelCalls.createdAt} at time zone 'UTC', 'YYYY-MM-DD')`,
};

const total = (column: Parameters<typeof sum>[0]) => sql<number>`coalesce(${sum(column)}, 0)`.mapWith(Number);

/** Sums over the records of calls that began in `from` ≤ … < `to`, in the order of what they are grouped by. */
export async function readUsage(db: Queryable, query: UsageQuery) {
  const keys = query.groupBy.map((grouping) => expressions[grouping]);
  const within = and(
    gte(modelCalls.createdAt, query.from),
    lt(modelCalls.createdAt, query.to),
    query.agent === undefined ? undefined : eq(modelCalls.agentType, query.agent),
  );
  // By position: the same expression twice would carry parameters of two names, which are not the same to Postgres.
  const positions = sql.raw(keys.map((_key, at) => at + 1).join(', '));
  const groups = db
    .select({
      ...Object.fromEntries(query.groupBy.map((grouping) => [grouping, expressions[grouping].as(grouping)])),
      calls: count(),
      failedCalls: sql<number>`count(*) filter (where ${modelCalls.status} <> 'ok')`.mapWith(Number),
      inputTokens: total(modelCalls.inputTokens),
      outputTokens: total(modelCalls.outputTokens),
      cacheReadTokens: total(modelCalls.cacheReadTokens),
      cacheWriteTokens: total(modelCalls.cacheWriteTokens),
      costMicroUsd: total(modelCalls.costMicroUsd),
    })
    .from(modelCalls)
    .where(within)
    .groupBy(positions);
  const [found] = await db.select({ groups: count() }).from(groups.as('groups'));
  const rows = await groups.orderBy(positions).limit(query.limit).offset(query.offset);
  return { rows, total: found?.groups ?? 0 };
}
