import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.dispose());

const set = (key: string, value: object) =>
  stage.ok('changeSetting', { params: { category: 'budgets', key }, body: { value } });
const budgets = async () => (await stage.ok('getBudgets')).budgets;
const named = async (name: string) => (await budgets()).find(({ budget }) => budget === name);

describe('the budgets', () => {
  it('are those of the profiles, in micro-USD, until the operator sets others', async () => {
    const now = new Date();
    const [start, end] = [0, 1].map((months) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months)));
    expect(await named('cmo.monthly.usd')).toEqual({
      budget: 'cmo.monthly.usd',
      subject: 'cmo',
      period: 'monthly',
      measure: 'usd',
      unit: 'micro_usd',
      limit: 20_000_000,
      spent: 0,
      reserved: 0,
      periodStart: start?.toISOString(),
      periodEnd: end?.toISOString(),
    });
    expect((await budgets()).some(({ subject }) => subject === 'team')).toBe(false);
    await set('cmo', { daily: { calls: 5 } });
    expect((await budgets()).filter(({ subject }) => subject === 'cmo')).toMatchObject([
      { budget: 'cmo.daily.calls', limit: 5, unit: 'calls' },
    ]);
    await set('team', { monthly: { tokens: 1_000 } });
    expect(await named('team.monthly.tokens')).toMatchObject({ limit: 1_000, unit: 'tokens' });
  });
});

describe('the usage', () => {
  it('is that of the last thirty days, where nothing else is asked for', async () => {
    const { usage, from, to } = await stage.ok('getUsage');
    expect(usage).toEqual([]);
    expect(Date.parse(to) - Date.parse(from)).toBe(30 * 86_400_000);
  });

  test.each([
    ['from', { from: '2030-01-02T00:00:00Z', to: '2030-01-01T00:00:00Z' }],
    ['from', { from: '2028-01-01T00:00:00Z', to: '2030-01-01T00:00:00Z' }],
    ['from', { from: 'yesterday' }],
    ['from', { from: '0000-01-01T00:00:00Z' }],
    ['to', { to: '9999-01-01T00:00:00Z' }],
    ['groupBy', { groupBy: 'mood' }],
    ['groupBy', { groupBy: 'agent,' }],
  ])('refuses a %s that makes no sense: %j', async (field, query) => {
    const { errors } = await stage.refusal('getUsage', 'invalid_request', { query });
    expect(errors?.map(({ path }) => path)).toContain(`query.${field}`);
  });

  it.each(['agent', 'model', 'day', 'agent,model,day', 'day,day'])('is grouped by %s', async (groupBy) => {
    expect((await stage.ok('getUsage', { query: { groupBy } })).total).toBe(0);
  });
});

closeBook('budgets-routes');
