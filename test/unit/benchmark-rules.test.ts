import { describe, expect, it } from 'vitest';
import type { ItemOf } from '../../src/contracts/benchmark-task.ts';
import { judgeQuestion, markOf, verdictIn } from '../../src/orchestrator/benchmark/judge-rules.ts';
import { leaderboardOf } from '../../src/orchestrator/benchmark/leaderboard-rules.ts';
import { codeIn, gradeCode, gradeExact, gradeJson, gradeRules } from '../../src/orchestrator/benchmark/rules.ts';
import type { Standing } from '../../src/orchestrator/benchmark/standings-store.ts';

describe('an answer with a key', () => {
  const item: ItemOf<'exact'> = { grading: 'exact', prompt: '', accept: ['Cleo', '120 €'] };
  it.each([
    ['ANSWER: Cleo', 1],
    ['I think.\n\n**ANSWER: cleo.**', 1],
    ['answer:   "CLEO"  ', 1],
    ['ANSWER: 120  €', 1],
    ['ANSWER: Ada\nNo, wait.\nANSWER: Cleo', 1],
    ['ANSWER: Cleo\nNo, wait.\nANSWER: Ada', 0],
    ['ANSWER: Cleo or Ada', 0],
    ['Cleo', 0],
    ['The ANSWER: Cleo', 0],
    ['ANSWER:', 0],
    ['', 0],
  ])('%j scores %d', (answer, score) => {
    expect(gradeExact(item, answer).score).toBe(score);
  });
});

describe('an answer as JSON', () => {
  const expectation = { name: 'Ilse Brandt', rent: 840, pets: null, guests: ['Bea', 'Mara'] };
  const item: ItemOf<'json'> = { grading: 'json', prompt: '', expect: expectation };
  it.each<[string, unknown, number]>([
    ['all of it', expectation, 1],
    ['in another case', { ...expectation, name: 'ilse  brandt' }, 1],
    ['a field wrong', { ...expectation, rent: 84 }, 0.75],
    ['a number as text', { ...expectation, rent: '840' }, 0.75],
    ['a field missing, though null was right', { name: 'Ilse Brandt', rent: 840, guests: ['Bea', 'Mara'] }, 0.75],
    ['a list in another order', { ...expectation, guests: ['Mara', 'Bea'] }, 0.75],
    ['a field too many', { ...expectation, mood: 'good' }, 0.8],
    ['a list', [expectation], 1],
    ['nothing of it', {}, 0],
    ['null', null, 0],
  ])('with %s scores as much as is right', (_what, given, score) => {
    expect(gradeJson(item, JSON.stringify(given)).score).toBeCloseTo(score);
  });

  it('is found between words and code lines; what is no JSON scores nothing', () => {
    expect(gradeJson(item, `Here:\n\`\`\`json\n${JSON.stringify(expectation)}\n\`\`\``).score).toBe(1);
    for (const answer of ['', '{', '}{', 'name: Ilse', '{"name": }']) expect(gradeJson(item, answer).score).toBe(0);
  });
});

describe('a text with rules', () => {
  const item = (...checks: ItemOf<'rules'>['checks']): ItemOf<'rules'> => ({ grading: 'rules', prompt: '', checks });
  it.each<[string, ItemOf<'rules'>, number]>([
    ['one two three', item({ kind: 'words', min: 3, max: 3 }), 1],
    ['one – two, three', item({ kind: 'words', min: 3, max: 3 }), 1],
    ['one two', item({ kind: 'words', min: 3, max: 3 }), 0],
    ['  a\nb  \n', item({ kind: 'lines', count: 2 }), 1],
    ['a\n\nb', item({ kind: 'lines', count: 2 }), 0],
    ['x\nBb\ny', item({ kind: 'matches', pattern: '^B\\p{Ll}$' }), 1],
    ['a!b!', item({ kind: 'matches', pattern: '!', times: 3 }), 0],
    ['LAUT', item({ kind: 'lacks', pattern: '\\p{Ll}' }), 1],
    ['LAuT', item({ kind: 'lacks', pattern: '\\p{Ll}' }), 0],
    ['', item({ kind: 'lacks', pattern: 'x' }), 0],
    ['a b', item({ kind: 'words', min: 2, max: 2 }, { kind: 'lines', count: 2 }), 0],
  ])('%j is as it was asked for, or it is not', (text, given, score) => {
    expect(gradeRules(given, text).score).toBe(score);
  });

  it('says which of them it broke', () => {
    const { because } = gradeRules(item({ kind: 'lines', count: 2 }, { kind: 'lacks', pattern: 'a' }), 'a');
    expect(because).toBe('not so: 2 lines; no a');
  });
});

describe('code', () => {
  it.each([
    ['```js\nfunction f() {}\n```', 'function f() {}\n'],
    ['Look:\n  ```\na\n  ```\nand\n```\nb\n```', 'a\n'],
    ['function f() {}', undefined],
    ['```js\nfunction f() {}', undefined],
  ])('is what stands in the first block: %j', (answer, code) => expect(codeIn(answer)).toBe(code));

  it('scores by its cases, whatever it prints in the place of a result', () => {
    const cases = [1, 'A', null, [[1]]].map((result) => ({ arguments: [0], result }));
    const item: ItemOf<'code'> = { grading: 'code', prompt: '', function: 'f', cases };
    const score = (...outputs: (string | undefined)[]) => gradeCode(item, outputs).score;
    expect(score('1', '"A"', 'null', '[[1]]')).toBe(1);
    expect(score('1', '"a"', 'undefined', '[[1,2]]')).toBe(0.25);
    expect(score(undefined, undefined, undefined, undefined)).toBe(0);
    expect(score()).toBe(0);
    expect(gradeCode(item, ['2', '"A"', 'null', '[[1]]']).because).toBe('wrong: (0) gave 2');
  });
});

describe('a judge', () => {
  const item: ItemOf<'rubric'> = { grading: 'rubric', prompt: 'Greet.', rubric: 'Warm.', reference: 'Hello.' };

  it('sees the text first and second, sealed, and is told what counts', () => {
    const [one, two] = (['first', 'second'] as const).map((place) => judgeQuestion(item, 'Hi!', { place, seal: 'S' }));
    expect(one).toContain('<<<TEXT ONE S\nHi!\nTEXT ONE S>>>\n\n<<<TEXT TWO S\nHello.\nTEXT TWO S>>>');
    expect(two).toContain('<<<TEXT ONE S\nHello.\nTEXT ONE S>>>\n\n<<<TEXT TWO S\nHi!\nTEXT TWO S>>>');
    expect(one).toContain('Warm.');
  });

  it.each([
    ['{"one": 7, "two": 4}', { ours: 7, beside: 4 }, { ours: 4, beside: 7 }],
    [
      'It says {"one": 10, "two": 0}, but:\n```\n{"one": 1.5, "two": 9}\n```',
      { ours: 1.5, beside: 9 },
      { ours: 9, beside: 1.5 },
    ],
    ['{"one": 11, "two": 4}', undefined, undefined],
    ['{"one": -1, "two": 4}', undefined, undefined],
    ['{"one": "7", "two": 4}', undefined, undefined],
    ['{"one": 7}', undefined, undefined],
    ['7 to 4', undefined, undefined],
  ])('that says %j', (said, first, second) => {
    expect([verdictIn(said, 'first'), verdictIn(said, 'second')]).toEqual([first, second]);
  });

  it('gives the mean of both orders, and is doubted when the order decides', () => {
    expect(
      markOf([
        { ours: 8, beside: 5 },
        { ours: 6, beside: 6 },
      ]),
    ).toEqual({ score: 0.7, because: 'points: 8 beside our 5, then 6 beside our 6' });
    expect(
      markOf([
        { ours: 9, beside: 5 },
        { ours: 5, beside: 9 },
      ]).because,
    ).toContain('prefers a place');
  });
});

describe('the leaderboard', () => {
  const standing = (model: string, task: string, score: number, more: Partial<Standing> = {}): Standing => ({
    ...{ model, task, score, runs: 1, firstTokenMs: 100, totalMs: 200, costMicroUsd: 10, lastRunAt: 0 },
    ...more,
  });

  it('puts whoever was measured at more tasks first, then the better, then by name', () => {
    const entries = leaderboardOf([
      standing('few', 'a', 1),
      standing('zeta', 'a', 0.5),
      standing('zeta', 'b', 0.5),
      standing('alpha', 'b', 1),
      standing('alpha', 'a', 0),
      standing('best', 'a', 0.6, { firstTokenMs: null, totalMs: null }),
      standing('best', 'b', 0.6, { firstTokenMs: 301, lastRunAt: 86_400_000 }),
    ]);
    expect(entries.map(({ rank, model, score }) => [rank, model, score])).toEqual([
      [1, 'best', 0.6],
      [2, 'alpha', 0.5],
      [3, 'zeta', 0.5],
      [4, 'few', 1],
    ]);
    expect(entries[0]).toMatchObject({
      firstTokenMs: 301,
      totalMs: 200,
      costMicroUsd: 20,
      lastRunAt: '1970-01-02T00:00:00.000Z',
    });
    expect(leaderboardOf([])).toEqual([]);
  });
});
