import type { Row, Sides } from './row.ts';

export interface Measured {
  readonly ours: number;
  readonly reference: number | undefined;
  /** The median of the rounds' ratios: both sides of a round saw the same machine. */
  readonly ratio: number | undefined;
  /** The lowest and the highest of what is held to the goal. */
  readonly spread: readonly [number, number];
  readonly met: boolean;
  readonly rounds: readonly Round[];
}

interface Round {
  readonly ours: number;
  readonly reference: number | undefined;
}

/** One round that does not count, then `rounds` that do; the sides take turns at being first. */
export async function measure(row: Row, sides: Sides, count: number): Promise<Measured> {
  const rounds: Round[] = [];
  for (let round = 0; round <= count; round += 1) {
    const taken = await takeRound(sides, round % 2 === 0 ? 'ours' : 'reference');
    if (round > 0) rounds.push(taken);
  }
  return summarise(row, rounds);
}

async function takeRound(sides: Sides, first: 'ours' | 'reference'): Promise<Round> {
  if (first === 'ours') return { ours: await sides.ours(), reference: await sides.reference?.() };
  const reference = await sides.reference?.();
  return { ours: await sides.ours(), reference };
}

export function summarise({ goal, better }: Pick<Row, 'goal' | 'better'>, rounds: readonly Round[]): Measured {
  const ours = rounds.map((round) => round.ours);
  const reference = rounds.flatMap((round) => round.reference ?? []);
  const ratios = rounds.flatMap((round) => (round.reference === undefined ? [] : round.ours / round.reference));
  const held = 'ratio' in goal ? ratios : ours;
  const limit = 'ratio' in goal ? goal.ratio : goal.figure;
  const middle = median(held);
  return {
    ours: median(ours),
    reference: reference.length === 0 ? undefined : median(reference),
    ratio: ratios.length === 0 ? undefined : median(ratios),
    spread: [Math.min(...held), Math.max(...held)],
    met: better === 'lower' ? middle <= limit : middle >= limit,
    rounds,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  if (low === undefined || high === undefined) throw new Error('a median needs at least one value');
  return (low + high) / 2;
}
