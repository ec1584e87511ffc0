/** Chance that can be repeated: the same seed and name give the same throws. */
export interface Dice {
  /** From 0 up to, not including, 1. */
  fraction(): number;
  /** From `min` to `max`, both included. */
  whole(min: number, max: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** mulberry32; each part of a test takes dice of its own, so that one more throw here changes nothing there. */
export function createDice(seed: number, name = ''): Dice {
  let state = [...name].reduce((sum, letter) => Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 0x01000193), seed | 0);

  function fraction(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  return {
    fraction,
    whole: (min, max) => min + Math.floor(fraction() * (max - min + 1)),
    pick: (list) => list[Math.floor(fraction() * list.length)] ?? list[0],
  };
}
