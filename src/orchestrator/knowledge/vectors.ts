/** Characters that go into one call: what is long is more likely to be cut off, and is lost with it. */
const charactersMax = 60_000;
const textsMax = 64;

/** The same direction, of length one; undefined where there is none: zeros, or more than can be reckoned with. */
export function unitOf(vector: readonly number[]): number[] | undefined {
  const largest = vector.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  if (!(largest > 0 && largest < Number.POSITIVE_INFINITY)) return undefined;
  const scaled = vector.map((each) => each / largest);
  const length = Math.sqrt(scaled.reduce((sum, each) => sum + each * each, 0));
  return scaled.map((each) => each / length);
}

/** As pgvector reads it; more digits are lost in two bytes anyway. */
export const literalOf = (unit: readonly number[]): string => `[${unit.map((each) => each.toFixed(6)).join(',')}]`;

/** Parts that may go into a call each, in order. */
export function intoCalls<T extends { readonly text: string }>(texts: readonly T[]): T[][] {
  const calls: T[][] = [];
  let characters = 0;
  for (const each of texts) {
    const last = calls.at(-1);
    if (last && last.length < textsMax && characters + each.text.length <= charactersMax) last.push(each);
    else {
      calls.push([each]);
      characters = 0;
    }
    characters += each.text.length;
  }
  return calls;
}
