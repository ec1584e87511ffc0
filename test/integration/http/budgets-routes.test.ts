import pg from 'pg';
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

describe('the usage over time', () => {
  interface Call {
    readonly id: number;
    readonly agent?: string;
    readonly model?: string;
    readonly status?: 'ok' | 'failed';
    readonly cost?: number;
    readonly ms?: number | null;
    readonly hoursAgo?: number;
  }

  async function record(calls: readonly Call[]): Promise<void> {
    const client = new pg.Client(stage.databaseUrl);
    await client.connect();
    try {
      for (const { id, agent = 'cmo', model = 'big', status = 'ok', cost = 10, ms = 100, hoursAgo = 0 } of calls)
        await client.query(
          `insert into model_calls (id, agent_type, instance_id, provider, model, status, input_tokens, output_tokens, cost_micro_usd, attempts, first_token_ms, duration_ms, created_at)
           values ($1, $2, 'ins', 'openai', $3, $4, 7, null, $5, 1, $6::int, $6::int * 10, now() - make_interval(hours => $7))`,
          [`mdc_${id}`, agent, model, status, cost, ms, hoursAgo],
        );
    } finally {
      await client.end();
    }
  }
  const series = (query: { range?: '24h' | '7d' | '30d'; by?: 'agent' | 'model' } = {}) =>
    stage.ok('getUsageSeries', { query });

  it('is empty where nothing was called, in whole steps up to the one under way', async () => {
    const { from, to, step, total, series: lines } = await series({ range: '24h' });
    expect(lines).toEqual([]);
    expect(total).toEqual({
      calls: 0,
      failedCalls: 0,
      tokens: 0,
      costMicroUsd: 0,
      firstTokenMs: null,
      durationMs: null,
    });
    expect(Date.parse(to) - Date.parse(from)).toBe(86_400_000);
    expect(Date.parse(to) % (step * 1_000)).toBe(0);
    expect(Date.parse(to)).toBeGreaterThan(Date.now());
  });

  it('sums up each step, and tells how fast the answers were that came', async () => {
    await record([
      { id: 1, ms: 100 },
      { id: 2, ms: 300 },
      { id: 3, ms: 200 },
      { id: 4, status: 'failed', ms: 9_000, cost: 0 },
      { id: 5, agent: 'cto', model: 'small', cost: 1, hoursAgo: 40 },
      { id: 6, agent: 'cto', status: 'failed', ms: null, cost: 0, hoursAgo: 24 * 20 },
    ]);
    const { series: lines, total } = await series({ range: '7d' });
    expect(lines.map(({ name }) => name)).toEqual(['cmo', 'cto']);
    expect(lines[0]?.total).toEqual({
      calls: 4,
      failedCalls: 1,
      tokens: 28,
      costMicroUsd: 30,
      firstTokenMs: { p50: 200, p95: 300 },
      durationMs: { p50: 2_000, p95: 3_000 },
    });
    expect(total).toMatchObject({ calls: 5, failedCalls: 1, costMicroUsd: 31 });
    const calls = lines.map(({ points }) => points.reduce((sum, point) => sum + point.calls, 0));
    expect(calls).toEqual([4, 1]);
    expect((await series({ range: '24h' })).total.calls).toBe(4);
    expect((await series({ range: '30d' })).series.find(({ name }) => name === 'cto')?.total).toMatchObject({
      calls: 2,
      failedCalls: 1,
    });
  });

  it('names the eight that cost most, and puts all others together at the end', async () => {
    await record(
      Array.from({ length: 10 }, (_, at) => ({ id: 100 + at, model: `model-${at}`, cost: 1_000 * (at + 1) })),
    );
    const { series: lines, total } = await series({ by: 'model' });
    expect(lines.map(({ name }) => name)).toEqual([
      ...[9, 8, 7, 6, 5, 4, 3, 2].map((at) => `openai/model-${at}`),
      null,
    ]);
    expect(lines.at(-1)?.total.costMicroUsd).toBe(1_000 + 2_000 + 31);
    expect(lines.reduce((sum, line) => sum + line.total.costMicroUsd, 0)).toBe(total.costMicroUsd);
  });

  it.each([{ range: 'ever' }, { by: 'day' }])('refuses what it does not know: %j', async (query) => {
    await stage.refusal('getUsageSeries', 'invalid_request', { query });
  });
});

closeBook('budgets-routes');
