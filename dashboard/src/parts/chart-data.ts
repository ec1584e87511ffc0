/** One name's values, a value for each step; null: nothing was measured. */
export interface ChartLine {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** Each line on top of those before it: bars that are drawn from the last to the first show every share. */
export function stacked(lines: readonly ChartLine[]): (number | null)[][] {
  const sums: number[] = [];
  return lines.map(({ values }) =>
    values.map((value, step) => {
      const sum = (sums[step] ?? 0) + (value ?? 0);
      sums[step] = sum;
      return sum;
    }),
  );
}

/** Beginnings of steps in seconds since 1970: `from` and `to` are ISO 8601. */
export function stepsOf(from: string, to: string, step: number): number[] {
  const start = Date.parse(from) / 1_000;
  return Array.from({ length: Math.round((Date.parse(to) / 1_000 - start) / step) }, (_, at) => start + at * step);
}
