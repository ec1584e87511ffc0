import { type SQL, sql } from 'drizzle-orm';
import type { CallStats, UsageSeries } from '../../contracts/budget.ts';
import { iso } from '../platform/iso.ts';
import type { Queryable } from '../platform/postgres.ts';
import { modelCalls } from './tables.ts';

export interface SeriesQuery {
  readonly from: number;
  readonly to: number;
  /** Seconds. */
  readonly step: number;
  readonly by: 'agent' | 'model';
}

/** As many as can be told apart in a picture; all others are summed up. */
const namedMax = 8;

const names: Record<SeriesQuery['by'], SQL> = {
  agent: sql`${modelCalls.agentType}`,
  model: sql`${modelCalls.provider} || '/' || ${modelCalls.model}`,
};

/** Sums over 64 bits come as text. */
interface Row extends Record<string, unknown> {
  /** Which of the groupings: 0 a step of a name, 1 a name, 3 everything. */
  readonly level: number;
  readonly name: string | null;
  readonly step: string | null;
  readonly calls: string;
  readonly failed: string;
  readonly tokens: string;
  readonly cost: string;
  readonly first_token: (number | null)[] | null;
  readonly duration: (number | null)[] | null;
}

/** One pass over the calls of the time, found by when they began; the answer is bounded by names and steps. */
export async function readSeries(
  db: Queryable,
  { from, to, step, by }: SeriesQuery,
): Promise<{ total: CallStats; series: UsageSeries[] }> {
  const { rows } = await db.execute<Row>(sql`
    with calls as materialized (
      select ${names[by]} as name, floor(extract(epoch from created_at) / ${step}) * ${step} as step, status <> 'ok' as failed,
        coalesce(input_tokens, 0) + coalesce(output_tokens, 0) + coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0) as tokens,
        cost_micro_usd as cost, first_token_ms, duration_ms
      from ${modelCalls} where created_at >= ${iso(from)} and created_at < ${iso(to)}
    ), named as (
      select name from calls group by name order by sum(cost) desc, count(*) desc, name limit ${namedMax}
    )
    select grouping(named.name, step) as level, named.name, step, count(*) as calls, count(*) filter (where failed) as failed,
      coalesce(sum(tokens), 0) as tokens, coalesce(sum(cost), 0) as cost,
      percentile_disc(array[0.5, 0.95]) within group (order by first_token_ms) filter (where not failed) as first_token,
      percentile_disc(array[0.5, 0.95]) within group (order by duration_ms) filter (where not failed) as duration
    from calls left join named on named.name = calls.name
    group by grouping sets ((named.name, step), (named.name), ())
    order by level, cost desc, named.name nulls last, step`);
  const ofLevel = (level: number) => rows.filter((row) => row.level === level);
  const [all] = ofLevel(3);
  const series = ofLevel(1).map((row) => ({
    name: row.name,
    total: statsOf(row),
    points: ofLevel(0)
      .filter(({ name }) => name === row.name)
      .map((point) => ({ at: iso(Number(point.step) * 1_000), ...statsOf(point) }))
      .sort((one, other) => one.at.localeCompare(other.at)),
  }));
  // The rest stands last, however much it is.
  series.sort((one, other) => Number(one.name === null) - Number(other.name === null));
  return { total: all ? statsOf(all) : nothing, series };
}

const nothing: CallStats = {
  ...{ calls: 0, failedCalls: 0, tokens: 0, costMicroUsd: 0 },
  ...{ firstTokenMs: null, durationMs: null },
};

const statsOf = (row: Row): CallStats => ({
  calls: Number(row.calls),
  failedCalls: Number(row.failed),
  tokens: Number(row.tokens),
  costMicroUsd: Number(row.cost),
  firstTokenMs: timesOf(row.first_token),
  durationMs: timesOf(row.duration),
});

const timesOf = (times: Row['first_token']) => {
  const [p50, p95] = times ?? [];
  return typeof p50 === 'number' && typeof p95 === 'number' ? { p50, p95 } : null;
};
