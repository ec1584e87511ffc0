import { describe, expect, it } from 'vitest';
import { intoCalls, literalOf, unitOf } from '../../src/orchestrator/knowledge/vectors.ts';
import { vectorsOf } from '../../src/orchestrator/models/embeddings.ts';

describe('the direction of a vector', () => {
  it.each([
    [
      [3, 4],
      [0.6, 0.8],
    ],
    [
      [-2, 0],
      [-1, 0],
    ],
    [
      [1e300, 1e300],
      [Math.SQRT1_2, Math.SQRT1_2],
    ],
    [
      [1e-300, 0],
      [1, 0],
    ],
  ])('of %j is %j', (vector, unit) => {
    const found = unitOf(vector) ?? [];
    for (const [at, value] of unit.entries()) expect(found[at]).toBeCloseTo(value, 9);
  });

  it.each([[[]], [[0, 0]], [[Number.NaN, 1]], [[Number.POSITIVE_INFINITY, 1]]])('of %j is none', (vector) => {
    expect(unitOf(vector)).toBeUndefined();
  });

  it('is written without an exponent', () => {
    expect(literalOf([0.000_000_1, -1, 0.5])).toBe('[0.000000,-1.000000,0.500000]');
  });
});

describe('texts for calls', () => {
  const texts = (...lengths: number[]) => lengths.map((length) => ({ text: 'x'.repeat(length) }));
  const lengths = (calls: { text: string }[][]) => calls.map((call) => call.map(({ text }) => text.length));

  it.each([
    [[], []],
    [[10, 20], [[10, 20]]],
    [
      [40_000, 20_000, 1],
      [[40_000, 20_000], [1]],
    ],
    [
      [100_000, 5],
      [[100_000], [5]],
    ],
  ])('of lengths %j are %j', (given, calls) => {
    expect(lengths(intoCalls(texts(...given)))).toEqual(calls);
  });

  it('are at most 64 to a call', () => {
    expect(intoCalls(texts(...Array.from({ length: 130 }, () => 1))).map(({ length }) => length)).toEqual([64, 64, 2]);
  });
});

describe('a provider’s answer', () => {
  const answer = (...data: [index: unknown, embedding: unknown][]) => ({
    data: data.map(([index, embedding]) => ({ index, embedding })),
  });

  it('is put in the order of the texts', () => {
    expect(vectorsOf(answer([1, [3, 4]], [0, [1, 2]]), 2)).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['one too few', answer([0, [1]])],
    ['one too many', answer([0, [1]], [1, [1]], [2, [1]])],
    ['one twice', answer([0, [1]], [0, [1]])],
    ['one of another length', answer([0, [1]], [1, [1, 2]])],
    ['an empty one', answer([0, [1]], [1, []])],
    ['NaN', answer([0, [1]], [1, [Number.NaN]])],
    ['more than a number holds', answer([0, [1]], [1, [JSON.parse('1e999')]])],
    ['text', answer([0, [1]], [1, 'AACAPw=='])],
    ['a negative place', answer([0, [1]], [-1, [1]])],
  ])('is none with %s', (_what, given) => {
    expect(vectorsOf(given, 2)).toBeUndefined();
  });
});
