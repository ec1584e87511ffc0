const dayMs = 86_400_000;

/** Days of spending are those of UTC, as budgets count them. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export const today = (now = Date.now()): string => `${dayOf(now)}T00:00:00Z`;

/** The first moment of the day so many days ago, today being the last of them. */
export const daysAgo = (days: number, now = Date.now()): string => today(now - (days - 1) * dayMs);

/** Every day of the span, those of which nothing is known too. */
export function everyDay<T extends { readonly day?: string | undefined }>(
  rows: readonly T[],
  days: number,
  now = Date.now(),
): readonly { readonly day: string; readonly row: T | undefined }[] {
  const known = new Map(rows.map((row) => [row.day, row]));
  return Array.from({ length: days }, (_, index) => {
    const day = dayOf(now - (days - 1 - index) * dayMs);
    return { day, row: known.get(day) };
  });
}
