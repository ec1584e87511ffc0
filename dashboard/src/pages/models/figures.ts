import type { CallStats, UsageSeries } from '../../../../src/contracts/budget.ts';
import { type ChartLine, stepsOf } from '../../parts/chart-data.ts';

export interface Figures {
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
}

interface Answered {
  readonly from: string;
  readonly to: string;
  readonly step: number;
  readonly series: readonly UsageSeries[];
}

/** Series as lines of a chart: what `read` finds in each step, and `empty` where there were no calls. */
export function figuresOf({ from, to, step, series }: Answered, { nameOf, read, empty }: Readings): Figures {
  const times = stepsOf(from, to, step);
  const lines = series.map(({ name, points }) => {
    const at = new Map(points.map((point) => [Date.parse(point.at) / 1_000, point]));
    const valueAt = (time: number) => {
      const point = at.get(time);
      return point === undefined ? empty : read(point);
    };
    return { name: nameOf(name), values: times.map(valueAt) };
  });
  return { times, lines };
}

interface Readings {
  readonly nameOf: (name: string | null) => string;
  readonly read: (stats: CallStats) => number | null;
  readonly empty: number | null;
}

/** Of all calls; 0 where there were none. */
export const failureRate = ({ calls, failedCalls }: CallStats): number => (calls === 0 ? 0 : failedCalls / calls);
