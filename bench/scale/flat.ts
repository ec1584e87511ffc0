/** The cost of one may grow by so much, from the smallest to the largest, and still counts as flat. */
const growthMax = 1.5;

export interface Point {
  readonly count: number;
  readonly cost: number;
}

/** What each one costs beyond `none`, at the two largest counts; flat when the larger makes it no dearer. */
export function perOne(points: readonly Point[], none: number): { each: number[]; growth: number; flat: boolean } {
  const each = points.filter(({ count }) => count > 0).map(({ count, cost }) => Math.max(cost - none, 0) / count);
  const [before, last] = [each.at(-2) ?? 0, each.at(-1) ?? 0];
  const growth = before === 0 ? 1 : last / before;
  return { each, growth, flat: growth <= growthMax };
}

/** For what should not depend on the count at all. */
export function unmoved(points: readonly Point[]): { growth: number; flat: boolean } {
  const growth = (points.at(-1)?.cost ?? 0) / (points[0]?.cost ?? 1);
  return { growth, flat: growth <= growthMax };
}
