import type { Measured } from './measure.ts';
import type { Row } from './row.ts';

/** How a row went: measured, skipped for want of something, or broken. */
export type Outcome =
  | ({ readonly kind: 'measured' } & Measured)
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

const widths = [27, 16, 16, 8, 13, 9] as const;
const line = (cells: readonly string[]): string =>
  cells
    .map((cell, at) => (at === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[at] ?? 0)))
    .join(' ')
    .trimEnd();

export const tableHead = (): string =>
  [line(['', 'ours', 'reference', 'ratio', 'spread', 'goal']), '─'.repeat(100)].join('\n');

/** One line of at most a hundred columns. */
export function tableLine(row: Row, outcome: Outcome): string {
  if (outcome.kind !== 'measured') return `${row.name.padEnd(widths[0])} ${outcome.kind}: ${outcome.why}`.slice(0, 100);
  const { ours, reference, ratio, spread, met } = outcome;
  const withUnit = (value: number) => `${figure(value)} ${row.unit}`;
  return line([
    row.name,
    withUnit(ours),
    reference === undefined ? '–' : withUnit(reference),
    ratio === undefined ? '–' : ratio.toFixed(2),
    spread.map(figure).join('–'),
    `${goalOf(row)} ${met ? '✓' : '✗'}`,
  ]);
}

const goalOf = ({ goal, better }: Row): string =>
  `${better === 'lower' ? '≤' : '≥'} ${'ratio' in goal ? goal.ratio : goal.figure}`;

function figure(value: number): string {
  if (value >= 10_000) return `${(value / 1_000).toFixed(0)}k`;
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}
