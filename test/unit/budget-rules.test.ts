import { describe, expect, it } from 'vitest';
import { budgetsSchema, type Period } from '../../src/contracts/budget.ts';
import type { JsonValue } from '../../src/contracts/primitives.ts';
import {
  type Account,
  allotmentsOf,
  amountText,
  endOf,
  fullOf,
  levelOf,
  refusalText,
  startOf,
} from '../../src/orchestrator/budgets/rules.ts';

const at = (text: string) => Date.parse(text);
const none = { usd: 0, tokens: 0, calls: 0 };
const account = (parts: Partial<Account> = {}): Account => ({
  subject: 'cmo',
  period: 'monthly',
  spent: none,
  reserved: none,
  ...parts,
});

describe('a period', () => {
  it.each<[Period, string, string, string]>([
    ['daily', '2030-01-31T00:00:00.000Z', '2030-01-31T00:00:00.000Z', '2030-02-01T00:00:00.000Z'],
    ['daily', '2030-01-31T23:59:59.999Z', '2030-01-31T00:00:00.000Z', '2030-02-01T00:00:00.000Z'],
    ['monthly', '2030-01-31T23:59:59.999Z', '2030-01-01T00:00:00.000Z', '2030-02-01T00:00:00.000Z'],
    ['monthly', '2030-02-01T00:00:00.000Z', '2030-02-01T00:00:00.000Z', '2030-03-01T00:00:00.000Z'],
    ['monthly', '2032-02-29T12:00:00.000Z', '2032-02-01T00:00:00.000Z', '2032-03-01T00:00:00.000Z'],
    ['daily', '2032-02-28T12:00:00.000Z', '2032-02-28T00:00:00.000Z', '2032-02-29T00:00:00.000Z'],
    ['daily', '2030-12-31T18:00:00.000Z', '2030-12-31T00:00:00.000Z', '2031-01-01T00:00:00.000Z'],
    ['monthly', '2030-12-31T18:00:00.000Z', '2030-12-01T00:00:00.000Z', '2031-01-01T00:00:00.000Z'],
    // Where half the world sets its clocks: a day of UTC has 24 hours all the same.
    ['daily', '2030-03-31T01:30:00.000Z', '2030-03-31T00:00:00.000Z', '2030-04-01T00:00:00.000Z'],
    ['daily', '2030-10-27T01:30:00.000Z', '2030-10-27T00:00:00.000Z', '2030-10-28T00:00:00.000Z'],
  ])('%s, at %s, lasts from %s to %s', (period, now, from, to) => {
    expect([startOf(period, at(now)), endOf(period, at(now))]).toEqual([at(from), at(to)]);
  });
});

describe('the limits of a role', () => {
  const limits = (profile: JsonValue, settings: Record<string, JsonValue> = {}) =>
    Object.fromEntries(
      allotmentsOf('cmo', budgetsSchema.parse(profile), (category, key) => settings[`${category}.${key}`]).map(
        ({ budget, limit }) => [budget, limit],
      ),
    );

  it.each<[string, JsonValue, Record<string, JsonValue>, Record<string, number>]>([
    ['none', {}, {}, {}],
    ['the profile’s', { monthly: { usd: 20 } }, {}, { 'cmo.monthly.usd': 20_000_000 }],
    [
      'every kind',
      { daily: { tokens: 5, calls: 6 }, monthly: { usd: 0.000001 } },
      {},
      { 'cmo.daily.tokens': 5, 'cmo.daily.calls': 6, 'cmo.monthly.usd': 1 },
    ],
    [
      'the operator’s in place of the profile’s',
      { monthly: { usd: 20 } },
      { 'budgets.cmo': { daily: { usd: 1.1 } } },
      { 'cmo.daily.usd': 1_100_000 },
    ],
    ['lifted by the operator', { monthly: { usd: 20 } }, { 'budgets.cmo': {} }, {}],
    ['another role’s untouched', { monthly: { usd: 20 } }, { 'budgets.cto': {} }, { 'cmo.monthly.usd': 20_000_000 }],
    [
      'narrowed',
      { monthly: { usd: 20, calls: 9 } },
      { 'permissions.cmo': { budgets: { monthly: { usd: 5 } } } },
      { 'cmo.monthly.usd': 5_000_000, 'cmo.monthly.calls': 9 },
    ],
    [
      'narrowed where there was none',
      {},
      { 'permissions.cmo': { budgets: { daily: { calls: 5 } } } },
      { 'cmo.daily.calls': 5 },
    ],
    [
      'never widened by a narrowing',
      { monthly: { usd: 20 } },
      { 'permissions.cmo': { budgets: { monthly: { usd: 50 } } } },
      { 'cmo.monthly.usd': 20_000_000 },
    ],
    [
      'narrowed, whatever the operator has raised them to',
      { monthly: { usd: 20 } },
      { 'budgets.cmo': { monthly: { usd: 90 } }, 'permissions.cmo': { budgets: { monthly: { usd: 5 } } } },
      { 'cmo.monthly.usd': 5_000_000 },
    ],
  ])('are %s', (_what, profile, settings, expected) => {
    expect(limits(profile, settings)).toEqual(expected);
  });

  it.each([-1, 0.0000001, 1_000_001, '20', null])('are not written as %j dollars', (usd) => {
    expect(budgetsSchema.safeParse({ monthly: { usd } }).success).toBe(false);
  });

  it.each([0, 0.1, 0.3, 1.1, 19.99, 0.000001, 123_456.789012])('may be %d dollars, to the millionth', (usd) => {
    expect(budgetsSchema.safeParse({ monthly: { usd } }).success).toBe(true);
    expect(limits({ monthly: { usd } })).toEqual({ 'cmo.monthly.usd': Number((usd * 1_000_000).toFixed(0)) });
  });
});

describe('room for one more call', () => {
  const budget = (limit: number, measure: 'usd' | 'calls' = 'usd') => ({
    budget: `cmo.monthly.${measure}`,
    subject: 'cmo',
    period: 'monthly' as const,
    measure,
    limit,
  });

  it.each<[number, number, number, boolean]>([
    [10, 0, 0, true],
    [10, 9, 0, true],
    [10, 10, 0, false],
    [10, 11, 0, false],
    [10, 5, 4, true],
    [10, 5, 5, false],
    [10, 0, 10, false],
    [0, 0, 0, false],
  ])('in a budget of %i with %i spent and %i reserved: %s', (limit, spent, reserved, room) => {
    const accounts = [account({ spent: { ...none, usd: spent }, reserved: { ...none, usd: reserved } })];
    expect(fullOf([budget(limit)], accounts) === undefined).toBe(room);
  });

  it('is there where nothing was used yet', () => expect(fullOf([budget(1)], [])).toBeUndefined());

  it('is not there when one of several budgets has none', () => {
    const accounts = [account({ spent: { ...none, calls: 3 } })];
    expect(fullOf([budget(10), budget(3, 'calls')], accounts)?.measure).toBe('calls');
  });

  it('is that of its own subject and period', () => {
    const accounts = [
      account({ subject: 'cto', spent: { ...none, usd: 99 } }),
      account({ period: 'daily', spent: { ...none, usd: 99 } }),
    ];
    expect(fullOf([budget(10)], accounts)).toBeUndefined();
  });
});

describe('what is told of a budget', () => {
  it.each<[number, number, 'warning' | 'exhausted' | undefined]>([
    [10, 7, undefined],
    [10, 8, 'warning'],
    [10, 9, 'warning'],
    [10, 10, 'exhausted'],
    [10, 12, 'exhausted'],
    [3, 2, undefined],
    [1, 0, undefined],
    [0, 0, 'exhausted'],
    [1_000_000_000_000, 799_999_999_999, undefined],
    [1_000_000_000_000, 800_000_000_000, 'warning'],
  ])('of %i, with %i spent: %s', (limit, spent, level) => expect(levelOf({ limit }, spent)).toBe(level));

  it.each<['usd' | 'tokens' | 'calls', number, string]>([
    ['usd', 0, '0.00 USD'],
    ['usd', 20_000_000, '20.00 USD'],
    ['usd', 1_500_000, '1.50 USD'],
    ['usd', 1_230_000, '1.23 USD'],
    ['usd', 1, '0.000001 USD'],
    ['usd', 12_345_678, '12.345678 USD'],
    ['usd', 900_000_000_010, '900000.00001 USD'],
    ['tokens', 20_000, '20000 tokens'],
    ['calls', 3, '3 calls'],
  ])('in words, %s %i: %s', (measure, amount, words) => expect(amountText(measure, amount)).toBe(words));

  it('names the calls under way where they are why there is no room', () => {
    const full = {
      budget: 'team.daily.usd',
      subject: 'team',
      period: 'daily',
      measure: 'usd',
      limit: 5_000_000,
    } as const;
    const state = account({ spent: { ...none, usd: 1_000_000 }, reserved: { ...none, usd: 4_500_000 } });
    expect(refusalText(full, state, '2030-02-01T00:00:00.000Z')).toBe(
      'The budget team.daily.usd leaves no room for a call: 1.00 USD of 5.00 USD spent, ' +
        '4.50 USD more reserved by calls under way. It begins anew at 2030-02-01T00:00:00.000Z; ' +
        'an operator can raise it before (setting budgets.team)',
    );
  });
});
