import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/contracts/primitives.ts';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.dispose());

const change = async (category: string, key: string, value: JsonValue, description?: string) =>
  (
    await stage.ok('changeSetting', {
      params: { category, key },
      body: { value, ...(description !== undefined && { description }) },
    })
  ).setting;
const refused = (category: string, key: string, value: JsonValue) =>
  stage.refusal('changeSetting', 'invalid_request', { params: { category, key }, body: { value } });
const unknown = (category: string, key: string, value: JsonValue = 1) =>
  stage.refusal('changeSetting', 'setting_not_found', { params: { category, key }, body: { value } });
const settings = async () => (await stage.ok('getSettings')).settings as Record<string, Record<string, unknown>>;
const lastChange = async () =>
  (await stage.ok('listEvents', { query: { type: 'setting_changed', limit: 1 } })).events[0];

describe('the settings', () => {
  it('are there with their defaults, and those of the profiles', async () => {
    const all = await settings();
    expect(all['queue']).toEqual({
      delay_critical: 0,
      delay_urgent: 5_000,
      delay_high: 30_000,
      delay_normal: 120_000,
      delay_low: 300_000,
      delay_operational: 600_000,
    });
    expect(all['agents']).toEqual({
      loop_interval_ceo: 1_800,
      loop_interval_dao: 14_400,
      loop_interval_cmo: 7_200,
      loop_interval_cto: 3_600,
      loop_interval_cfo: 14_400,
      loop_interval_coo: 3_600,
      loop_interval_cco: 43_200,
    });
    expect(all['budgets']).toMatchObject({ team: {}, cmo: { monthly: { usd: 20 } } });
    expect(all['permissions']).toMatchObject({ cmo: {}, alert_after: 5, alert_window: 600 });
    expect(all['retention']).toEqual({ benchmarks: 365, events: 90, history: 365, job_runs: 30, model_calls: 90 });
  });

  it('are changed one at a time, in exactly this shape, and the log tells of it', async () => {
    const { setting, ...rest } = await stage.ok('changeSetting', {
      params: { category: 'queue', key: 'delay_low' },
      body: { value: 1_000, description: 'We have time' },
    });
    expect(rest).toEqual({ success: true });
    expect(setting).toEqual({
      category: 'queue',
      key: 'delay_low',
      value: 1_000,
      description: 'We have time',
      updatedAt: expect.any(String),
    });
    expect((await settings())['queue']).toMatchObject({ delay_low: 1_000, delay_high: 30_000 });
    expect((await lastChange())?.payload).toEqual({
      category: 'queue',
      key: 'delay_low',
      value: 1_000,
      before: null,
      actor: 'operator:admin',
    });
  });

  it('that may be nothing are nothing again', async () => {
    await change('llm', 'default_model', 'openai/gpt-5');
    expect(await change('llm', 'default_model', null)).toMatchObject({ value: null });
    expect((await settings())['llm']).toMatchObject({ default_model: null });
  });

  it('keep what is said of them, or have words of their own', async () => {
    expect(await change('queue', 'delay_low', 2_000)).toMatchObject({ description: 'We have time' });
    expect(await change('queue', 'delay_high', 1)).toMatchObject({
      description: 'How long a new task of priority high waits before it wakes its assignee',
    });
  });

  it('are told of in the log with what they were before', async () => {
    await change('queue', 'delay_low', 3_000);
    await change('queue', 'delay_low', 4_000);
    expect((await lastChange())?.payload).toMatchObject({ value: 4_000, before: 3_000 });
  });

  it('changed by many at once are told of one after the other, each with what it found', async () => {
    const values = Array.from({ length: 8 }, (_, index) => 5_000 + index);
    await Promise.all(values.map((value) => change('queue', 'delay_low', value)));
    const { events } = await stage.ok('listEvents', { query: { type: 'setting_changed', limit: values.length + 1 } });
    const told = events.map(({ payload }) => payload);
    expect(told.slice(0, -1).map(({ before }) => before)).toEqual(told.slice(1).map(({ value }) => value));
  });

  it('that do not exist are not found, nor a role that does not', async () => {
    await unknown('queue', 'delay_whenever');
    await unknown('nobody', 'knows');
    await unknown('__proto__', 'toString');
    await unknown('budgets', 'nobody', {});
    await unknown('permissions', 'nobody', {});
    await unknown('permissions', 'benchmark', {});
    await unknown('custom', 'Not A Key');
  });

  it('refuse what they do not allow, and say where', async () => {
    expect((await refused('queue', 'delay_low', -1)).errors).toEqual([{ path: 'value', message: expect.any(String) }]);
    const { errors } = await refused('budgets', 'cmo', { monthly: { usd: -1 } });
    expect(errors?.map(({ path }) => path)).toEqual(['value.monthly.usd']);
    expect((await settings())['budgets']).toMatchObject({ cmo: { monthly: { usd: 20 } } });
  });

  it('narrow the permissions of a role, and never widen them', async () => {
    const asked = { tools: ['vote', 'recall'], assign: 'everyone', budgets: { monthly: { usd: 21 } } };
    const { errors } = await refused('permissions', 'cmo', asked);
    expect(errors).toEqual([
      { path: 'value.tools.0', message: 'the profile does not grant vote' },
      { path: 'value.assign', message: 'the profile does not grant everyone' },
      { path: 'value.budgets.monthly.usd', message: 'the profile grants 20 at most' },
    ]);
    expect(await change('permissions', 'cmo', { tools: ['recall'] })).toMatchObject({ value: { tools: ['recall'] } });
    expect(await change('permissions', 'cmo', {})).toMatchObject({ value: {} });
  });

  it('are not widened by a decision either', async () => {
    const onApprove = [{ kind: 'change_setting', category: 'permissions', key: 'cmo', value: { tools: ['vote'] } }];
    await stage.refusal('proposeDecision', 'invalid_request', { body: { title: 't', onApprove } });
  });
});

describe('secrets', () => {
  const rows = async () => {
    const client = new pg.Client(stage.databaseUrl);
    await client.connect();
    try {
      return JSON.stringify((await client.query('select * from settings')).rows);
    } finally {
      await client.end();
    }
  };

  it('are shown to nobody: no answer, no event, and sealed in the database', async () => {
    const answers = [
      await change('secrets', 'GITHUB_TOKEN', 'hush-hush-1'),
      await change('secrets', 'GITHUB_TOKEN', 'hush-hush-2', 'of our bot'),
      await change('custom', 'bot_password', 'hush-hush-3'),
      await settings(),
      (await stage.ok('listEvents', { query: { limit: 200 } })).events,
    ];
    expect(JSON.stringify(answers)).not.toContain('hush');
    expect(answers[1]).toMatchObject({ value: '********', description: 'of our bot' });
    expect(await rows()).toContain('sealed.v1.');
    expect(await rows()).not.toContain('hush');
  });

  it('are taken away by null', async () => {
    await change('secrets', 'GITHUB_TOKEN', 'hush-hush-1');
    expect(await change('secrets', 'GITHUB_TOKEN', null)).toMatchObject({ value: null });
    expect((await settings())['secrets'] ?? {}).not.toHaveProperty('GITHUB_TOKEN');
  });

  it('have names as profiles use them, and values that masking can find', async () => {
    await unknown('secrets', 'github_token', 'hush-hush-1');
    for (const wrong of ['hush', 'hush\nhush-hush', 5]) {
      const problem = await refused('secrets', 'GITHUB_TOKEN', wrong);
      expect(JSON.stringify(problem)).not.toContain('hush');
    }
  });

  it('are not for decisions, which everybody reads', async () => {
    const onApprove = [{ kind: 'change_setting', category: 'secrets', key: 'GITHUB_TOKEN', value: 'hush-hush-1' }];
    const problem = await stage.refusal('proposeDecision', 'invalid_request', { body: { title: 't', onApprove } });
    expect(JSON.stringify(problem)).not.toContain('hush');
  });
});

describe('the registry of settings', () => {
  const entry = async (name: string) =>
    (await stage.ok('getSettingsRegistry')).settings.find(({ category, key }) => `${category}.${key}` === name);
  const reset = (category: string, key: string) => stage.ok('resetSetting', { params: { category, key } });

  it('tells of each what it is for, what it takes, what holds, and who changed it when', async () => {
    expect(await entry('queue.delay_urgent')).toEqual({
      category: 'queue',
      key: 'delay_urgent',
      description: 'How long a new task of priority urgent waits before it wakes its assignee',
      unit: 'ms',
      schema: 'queue.delay_urgent',
      default: 5_000,
      value: 5_000,
      secret: false,
      agents: [],
      inEnvironment: false,
      note: null,
      changedAt: null,
      changedBy: null,
    });
    await change('queue', 'delay_urgent', 1, 'At once');
    expect(await entry('queue.delay_urgent')).toMatchObject({
      default: 5_000,
      value: 1,
      note: 'At once',
      changedAt: expect.any(String),
      changedBy: 'operator:admin',
    });
    const { schemas } = await stage.ok('getSettingsRegistry');
    expect(schemas['queue.delay_urgent']).toMatchObject({ type: 'integer', minimum: 0, maximum: 86_400_000 });
  });

  it('has the budgets of those who are no role: the team and the benchmarks', async () => {
    for (const key of ['team', 'benchmark']) {
      expect(await entry(`budgets.${key}`)).toMatchObject({ value: {}, default: {}, agents: [] });
      await change('budgets', key, { daily: { usd: 1 } });
      expect(await entry(`budgets.${key}`)).toMatchObject({ value: { daily: { usd: 1 } } });
      await reset('budgets', key);
    }
  });

  it('lists what roles have, with one schema for all of them', async () => {
    const { settings: all, schemas } = await stage.ok('getSettingsRegistry');
    expect(await entry('budgets.cmo')).toMatchObject({ agents: ['cmo'], default: { monthly: { usd: 20 } } });
    expect(await entry('agents.loop_interval_cmo')).toMatchObject({ unit: 's', default: 7_200, agents: ['cmo'] });
    expect(new Set(all.filter(({ category }) => category === 'budgets').map(({ schema }) => schema))).toEqual(
      new Set(['budgets']),
    );
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(all.map(({ schema }) => schema)));
  });

  it('shows of a secret that it is set, never to what', async () => {
    await change('secrets', 'GITHUB_TOKEN', 'hush-hush-1');
    await change('custom', 'bot_password', 'hush-hush-2');
    expect(await entry('secrets.GITHUB_TOKEN')).toMatchObject({ value: '********', default: null, secret: true });
    expect(await entry('custom.bot_password')).toMatchObject({ value: '********', secret: true });
    expect(JSON.stringify(await stage.ok('getSettingsRegistry'))).not.toContain('hush');
  });

  it('goes back to the default, which the log tells, and an answer to nothing is no event', async () => {
    await change('queue', 'delay_normal', 7);
    await reset('queue', 'delay_normal');
    expect(await entry('queue.delay_normal')).toMatchObject({ value: 120_000, changedAt: null, changedBy: null });
    const told = await lastChange();
    expect(told?.payload).toMatchObject({ key: 'delay_normal', value: 120_000, before: 7, reset: true });
    await reset('queue', 'delay_normal');
    expect((await lastChange())?.seq).toBe(told?.seq);
  });

  it('goes back to the profile of a role, for the very next reader', async () => {
    const limits = async () => (await stage.ok('getBudgets')).budgets.filter(({ subject }) => subject === 'cmo');
    const own = await limits();
    await change('budgets', 'cmo', { daily: { calls: 5 } });
    await reset('budgets', 'cmo');
    expect(await limits()).toEqual(own);
  });

  it('takes secrets and custom settings away, and tells no secret in doing so', async () => {
    await reset('secrets', 'GITHUB_TOKEN');
    await reset('custom', 'bot_password');
    expect(await entry('secrets.GITHUB_TOKEN')).toBeUndefined();
    expect(await entry('custom.bot_password')).toBeUndefined();
    expect((await lastChange())?.payload).toMatchObject({ value: null, before: '********', reset: true });
  });

  it('keeps the moment of a direction that was taken back, by which agents hear of it', async () => {
    await change('focus', 'riskTolerance', 90);
    await reset('focus', 'riskTolerance');
    expect(await entry('focus.riskTolerance')).toMatchObject({ value: 50, changedAt: expect.any(String) });
  });

  it('knows no setting of another name', async () => {
    await stage.refusal('resetSetting', 'setting_not_found', { params: { category: 'queue', key: 'delay_whenever' } });
  });
});

describe('custom settings', () => {
  it('hold what operators like', async () => {
    const value = { channel: '#board', quiet: [22, 7], on: true };
    expect(await change('custom', 'chat.bridge', value, 'Of our bridge')).toMatchObject({ value });
    expect((await settings())['custom']).toMatchObject({ 'chat.bridge': value });
  });

  it.each(['smtp_password', 'api_key', 'apikey', 'bot.token', 'client_secret'])(
    'whose name, %s, is that of a secret are shown to nobody',
    async (key) => {
      const secret = `s3cr3t-${key}`;
      const answers = [
        await change('custom', key, secret),
        await change('custom', key, `${secret}-2`),
        await settings(),
        await stage.ok('listEvents', { query: { limit: 200 } }),
      ];
      expect(JSON.stringify(answers)).not.toContain('s3cr3t');
      expect(answers[0]).toMatchObject({ value: '********' });
    },
  );

  it('are two hundred at most', async () => {
    const kept = Object.keys((await settings())['custom'] ?? {}).length;
    for (let count = kept; count < 200; count += 1) await change('custom', `key_${count}`, count);
    const { detail } = await refused('custom', 'one_more', 1);
    expect(detail).toContain('200');
    await change('custom', 'chat.bridge', 'those that are there may still change');
  });

  it('are not null', async () => void (await refused('custom', 'chat.bridge', null)));
});

closeBook('settings-routes');
