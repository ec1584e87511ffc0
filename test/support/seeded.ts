import { randomInt } from 'node:crypto';
import { onTestFailed } from 'vitest';

/** Chance that can be had again: run with SEED=<the printed number> to see the same failure. */
export interface Seeded {
  /** From 0 up to, not including, 1. */
  fraction(): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  shuffle<T>(items: readonly T[]): T[];
}

/** For one test; prints its seed when the test fails. */
export function seeded(): Seeded {
  const { SEED } = process.env;
  const seed = SEED === undefined ? randomInt(2 ** 31) : Number(SEED);
  onTestFailed(() => console.error(`SEED=${seed}`));
  const fraction = mulberry32(seed);
  return {
    fraction,
    pick: (from) => from[Math.floor(fraction() * from.length)] ?? from[0],
    shuffle: (items) =>
      items
        .map((item) => ({ item, at: fraction() }))
        .sort((a, b) => a.at - b.at)
        .map(({ item }) => item),
  };
}

/** A small generator of even quality; what matters here is that it can be repeated. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
