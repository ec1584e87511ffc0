import { describe, expect, it } from 'vitest';
import { forecastOf } from '../../dashboard/src/budgets/forecast.ts';
import { isLimit, limitsOf, textsOf } from '../../dashboard/src/budgets/limits.ts';
import { figuresOf } from '../../dashboard/src/pages/models/figures.ts';
import { stacked, stepsOf } from '../../dashboard/src/parts/chart-data.ts';
import type { CallStats } from '../../src/contracts/budget.ts';

const june = { periodStart: '2030-06-01T00:00:00Z', periodEnd: '2030-07-01T00:00:00Z' };
const at = (moment: string) => Date.parse(moment);

describe('the forecast of a budget', () => {
  it.each([
    ['is spent when nothing is left', 100, 100, '2030-06-03T00:00:00Z', { kind: 'spent' }],
    ['is spent where nothing may be spent', 0, 0, '2030-06-03T00:00:00Z', { kind: 'spent' }],
    ['says nothing of what was not used', 100, 0, '2030-06-20T00:00:00Z', { kind: 'unused' }],
    ['is not made in the first days', 100, 50, '2030-06-02T00:00:00Z', { kind: 'early' }],
    ['lasts at half the rate', 100, 25, '2030-06-16T00:00:00Z', { kind: 'lasts', share: 0.5 }],
    ['just lasts', 100, 50, '2030-06-16T00:00:00Z', { kind: 'lasts', share: 1 }],
    ['runs out on the 24th', 115, 50, '2030-06-11T00:00:00Z', { kind: 'runs_out', at: at('2030-06-24T00:00:00Z') }],
    [
      'does not promise more than is spent, by a clock ahead',
      100,
      60,
      '2030-07-05T00:00:00Z',
      { kind: 'lasts', share: 0.6 },
    ],
  ] as const)('%s', (_words, limit, spent, now, forecast) => {
    expect(forecastOf({ ...june, limit, spent }, at(now))).toEqual(forecast);
  });
});

describe('the figures of a chart', () => {
  const stats = { calls: 1, failedCalls: 0, tokens: 0, costMicroUsd: 5, firstTokenMs: null, durationMs: null };

  it('have a value for each step, also where nothing was', () => {
    const answer = {
      from: '2030-06-01T00:00:00Z',
      to: '2030-06-01T03:00:00Z',
      step: 3_600,
      series: [{ name: 'cmo', total: stats, points: [{ ...stats, at: '2030-06-01T01:00:00.000Z' }] }],
    };
    const read = { nameOf: String, read: ({ costMicroUsd }: CallStats) => costMicroUsd, empty: 0 };
    expect(figuresOf(answer, read)).toEqual({
      times: [0, 1, 2].map((hour) => at(answer.from) / 1_000 + hour * 3_600),
      lines: [{ name: 'cmo', values: [0, 5, 0] }],
    });
  });

  it('lie on top of each other where they are bars; what was not measured adds nothing', () => {
    const lines = [
      { name: 'one', values: [1, null, 3] },
      { name: 'two', values: [10, 20, null] },
    ];
    expect(stacked(lines)).toEqual([
      [1, 0, 3],
      [11, 20, 3],
    ]);
  });

  it('begin with the first step, and end before the last moment', () => {
    expect(stepsOf('1970-01-01T00:00:00Z', '1970-01-01T00:00:30Z', 10)).toEqual([0, 10, 20]);
  });
});

describe('the fields of a budget', () => {
  it('are what is set, and become it again', () => {
    const budgets = { daily: { calls: 5 }, monthly: { usd: 20.5, tokens: 0 } };
    expect(textsOf(budgets)).toEqual({ 'daily.calls': '5', 'monthly.usd': '20.5', 'monthly.tokens': '0' });
    expect(limitsOf(textsOf(budgets))).toEqual(budgets);
    expect(limitsOf({})).toEqual({});
    expect(limitsOf({ 'daily.usd': ' 1,5 ', 'daily.calls': '' })).toEqual({ daily: { usd: 1.5 } });
  });

  it.each([
    ['daily.usd', '', true],
    ['daily.usd', '1.5', true],
    ['daily.usd', '1,5', true],
    ['daily.usd', '-1', false],
    ['daily.usd', '1e3', false],
    ['daily.usd', 'ten', false],
    ['daily.calls', '10', true],
    ['daily.calls', '1.5', false],
    ['monthly.tokens', '0x10', false],
  ] as const)('%s takes %j: %s', (field, text, isFine) => expect(isLimit(field, text)).toBe(isFine));
});
