import { type Column, sql } from 'drizzle-orm';

/** Sums over groups of answers, as numbers. */
export const sum = (column: Column) => sql<number>`coalesce(sum(${column}), 0)`.mapWith(Number);

/** Whole; null where there is nothing to take it of. */
export const median = (column: Column) =>
  sql<number | null>`percentile_cont(0.5) within group (order by ${column})`.mapWith(wholeOrNull);

export const wholeOrNull = (value: unknown): number | null => (value === null ? null : Math.round(Number(value)));
