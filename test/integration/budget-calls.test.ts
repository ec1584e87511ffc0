import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/contracts/primitives.ts';
import { excuseLoop } from '../../src/orchestrator/agents/loops.ts';
import { loadProfiles, type Profiles } from '../../src/orchestrator/agents/profiles.ts';
import { createAccounts, reservationMs } from '../../src/orchestrator/budgets/accounts.ts';
import { settle } from '../../src/orchestrator/budgets/store.ts';
import { readConfig } from '../../src/orchestrator/config.ts';
import type { Accounts, CallOutcome, Reservation } from '../../src/orchestrator/models/accounts.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import { createPostgres, type Postgres } from '../../src/orchestrator/platform/postgres.ts';
import type { Services } from '../../src/orchestrator/services.ts';
import { createSettingsView } from '../../src/orchestrator/settings/view.ts';
import { createDatabase, type TestDatabase, testLimits } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { startTcpProxy } from '../support/http-tcp-proxy.ts';
import { servicesOn } from '../support/team-services.ts';

const anna = { name: 'operator:anna', agentId: null };
const hourMs = 3_600_000;
const usd = (dollars: number) => dollars * 1_000_000;

/** One replica: a pool of its own, and its own idea of the settings. */
interface Replica {
  readonly postgres: Postgres;
  readonly services: Services;
  readonly accounts: Accounts;
  /** Learns what operators changed, as the log would tell it. */
  learn(): Promise<void>;
}

let database: TestDatabase;
let profiles: Profiles;
let time: ReturnType<typeof fakeClock>;
let one: Replica;
let two: Replica;

beforeEach(async () => {
  database = await createDatabase();
  profiles = await loadProfiles('profiles', () => undefined);
  time = fakeClock(Date.UTC(2030, 0, 30, 12));
  one = openReplica();
  two = openReplica();
  await one.services.agents.register(() => true);
  // The profiles' own limits would only stand in the way.
  await set('cmo', {});
});
afterEach(async () => {
  await one.postgres.close();
  await two.postgres.close();
  await database.drop();
});

function openReplica(url = database.url): Replica {
  const postgres = createPostgres(url, testLimits, () => undefined);
  const { clock } = time;
  const common = { config: readConfig({}), postgres, clock, chance, profiles };
  const services = servicesOn(common);
  let view = createSettingsView([]);
  const accounts = createAccounts({
    ...services,
    ...common,
    allotments: (agentType) => services.budgets.allotmentsFor(agentType, (category, key) => view.stored(category, key)),
    readAllotments: services.budgets.readAllotments,
    onHeld: excuseLoop,
    onError: (error) => expect.fail(String(error)),
    closing: new AbortController().signal,
  });
  return {
    postgres,
    services,
    accounts,
    async learn() {
      view = createSettingsView(await services.settings.stored(postgres.db));
    },
  };
}

async function set(key: string, value: JsonValue): Promise<void> {
  await one.services.unitOfWork((work) =>
    one.services.settings.change(work, anna, { category: 'budgets', key, value }),
  );
  await one.learn();
  await two.learn();
}

const callerOf = (name: string) => {
  const profile = profiles.get(name);
  if (!profile) throw new Error(`there is no ${name}`);
  return { actor: { name, agentId: null }, instanceId: `ins_${name}`, profile };
};
const reserve = (replica: Replica, agentType = 'cmo', ceiling = usd(1)): Promise<Reservation> =>
  replica.accounts.reserve({
    caller: callerOf(agentType),
    provider: 'anthropic',
    model: 'sonnet',
    ceilingMicroUsd: ceiling,
    ceilingTokens: 1_000,
  });
const outcome = (parts: Partial<CallOutcome> = {}): CallOutcome => ({
  status: 'ok',
  usage: { inputTokens: 600, outputTokens: 300, cacheReadTokens: 60, cacheWriteTokens: 40 },
  costMicroUsd: usd(1),
  firstTokenMs: 12.4,
  durationMs: 99.6,
  attempts: 1,
  errorCode: undefined,
  ...parts,
});
const call = async (replica: Replica, parts: Partial<CallOutcome> = {}, agentType = 'cmo') =>
  (await reserve(replica, agentType)).settle(outcome(parts));

const refusal = { code: 'budget_exhausted' };
const budget = async (name: string) => (await one.services.budgets.list()).budgets.find((each) => each.budget === name);
const told = async (type: string) =>
  (await one.services.events.list({ limit: 500 })).filter(({ eventType }) => eventType === type);
const escalations = async (status: 'open' | 'resolved' = 'open') =>
  (await one.services.escalations.list(database.postgres.db, { status, limit: 50, offset: 0 })).escalations;
const records = async () => (await database.postgres.pool.query('select * from model_calls order by id')).rows;

/** Nobody gets room until as many stand in line as connections allow: then all of them look at once. */
async function holdAccounts(): Promise<(inLine: number) => Promise<void>> {
  const holder = await database.postgres.connect();
  await holder.query('begin; select from budget_accounts for update');
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return async (inLine) => {
    const isThere = async () => (await database.postgres.pool.query(waiting)).rowCount === inLine || undefined;
    await eventually(isThere, { what: 'the line' });
    await holder.end();
  };
}

describe('many calls at once', () => {
  it('of one agent through two replicas spend the budget and no more than one call besides', async () => {
    await set('cmo', { monthly: { usd: 10 } });
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, (_, at) => call(at % 2 === 0 ? one : two, { costMicroUsd: usd(1) })),
    );
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect(refused.every(({ code }) => code === 'budget_exhausted')).toBe(true);
    const spent = (await budget('cmo.monthly.usd'))?.spent ?? 0;
    expect(spent).toBe(usd(50 - refused.length));
    expect(spent).toBeGreaterThanOrEqual(usd(10));
    expect(spent).toBeLessThanOrEqual(usd(11));
    expect(await budget('cmo.monthly.usd')).toMatchObject({ reserved: 0 });
  });

  it('that are all under way are let through up to the budget: what they can cost is taken for spent', async () => {
    await set('cmo', { monthly: { usd: 10 } });
    // For the accounts to be there.
    await call(one, { costMicroUsd: 0 });
    const letGo = await holdAccounts();
    const asking = Promise.allSettled(Array.from({ length: 50 }, (_, at) => reserve(at % 2 === 0 ? one : two)));
    await letGo(2 * testLimits.poolSize);
    const answers = await asking;
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(await budget('cmo.monthly.usd')).toMatchObject({ spent: 0, reserved: usd(10) });
    // Nothing is spent yet: nobody is called for it.
    expect([await told('budget_exhausted'), await escalations()]).toEqual([[], []]);
  });

  it('of all agents spend the team’s budget once', async () => {
    await set('team', { daily: { calls: 10 } });
    const types = profiles.all().map(({ type }) => type);
    for (const type of types) await set(type, {});
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, (_, at) => call(at % 2 === 0 ? one : two, {}, types[at % types.length])),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(11);
    expect((await budget('team.daily.calls'))?.spent).toBeLessThanOrEqual(11);
    expect((await told('budget_exhausted')).map(({ payload }) => payload['budget'])).toEqual(['team.daily.calls']);
  });
});

describe('a call', () => {
  it('of an agent that no budget watches is recorded and counted, and waits for nothing before', async () => {
    const watched = { query: one.postgres.pool.query.bind(one.postgres.pool), count: 0 };
    one.postgres.pool.query = ((...query: Parameters<typeof watched.query>) => {
      watched.count += 1;
      return watched.query(...query);
    }) as typeof one.postgres.pool.query;
    const reservation = await reserve(one);
    expect(watched.count).toBe(0);
    await reservation.settle(outcome({ prompt: 'What now?' }));
    expect(watched.count).toBe(1);
    expect(await records()).toEqual([
      expect.objectContaining({
        agent_type: 'cmo',
        instance_id: 'ins_cmo',
        provider: 'anthropic',
        model: 'sonnet',
        status: 'ok',
        input_tokens: '600',
        output_tokens: '300',
        cache_read_tokens: '60',
        cache_write_tokens: '40',
        cost_micro_usd: '1000000',
        attempts: 1,
        first_token_ms: 12,
        duration_ms: 100,
        error_code: null,
        prompt: 'What now?',
      }),
    ]);
    // A budget that is set later knows of it.
    await set('cmo', { monthly: { tokens: 5_000 } });
    expect(await budget('cmo.monthly.tokens')).toMatchObject({ spent: 1_000, limit: 5_000 });
  });

  it('that a budget watches asks the database once before', async () => {
    await set('cmo', { monthly: { usd: 10 } });
    const { query } = one.postgres.pool;
    const texts: unknown[] = [];
    one.postgres.pool.query = ((...given: Parameters<typeof query>) => {
      texts.push(given[0]);
      return query.apply(one.postgres.pool, given);
    }) as typeof query;
    await reserve(one);
    expect(texts).toHaveLength(1);
  });

  it('settled twice is counted once', async () => {
    await set('cmo', { monthly: { usd: 10 } });
    const reservation = await reserve(one);
    await Promise.all([reservation.settle(outcome()), reservation.settle(outcome({ status: 'aborted' }))]);
    expect(await budget('cmo.monthly.usd')).toMatchObject({ spent: usd(1), reserved: 0 });
    expect(await records()).toHaveLength(1);
  });

  it('whose settlement is sent again, because its answer was lost on the way, is counted once', async () => {
    await set('cmo', { monthly: { usd: 10 } });
    const row = { id: 'mcl_1', agentType: 'cmo', instanceId: 'ins_cmo', provider: 'anthropic', model: 'sonnet' };
    const record = { ...row, status: 'ok' as const, costMicroUsd: usd(1), attempts: 1, createdAt: time.clock.now() };
    const again = () => settle(two.postgres.pool, { call: record, tokens: 1_000, calls: 1 });
    const answers = await Promise.all([again(), again(), again()]);
    expect(answers.filter((accounts) => accounts.length > 0)).toHaveLength(1);
    expect(await budget('cmo.monthly.usd')).toMatchObject({ spent: usd(1), reserved: 0 });
  });

  it('counts for the periods in which it began, also when it ends in the next', async () => {
    await set('cmo', { daily: { usd: 5 }, monthly: { usd: 10 } });
    time.set(Date.UTC(2030, 0, 31, 23, 59, 59));
    const reservation = await reserve(one);
    time.set(Date.UTC(2030, 1, 1));
    await reservation.settle(outcome());
    expect(await budget('cmo.monthly.usd')).toMatchObject({ spent: 0, reserved: 0 });
    time.set(Date.UTC(2030, 0, 31, 23, 59, 59));
    expect(await budget('cmo.monthly.usd')).toMatchObject({ spent: usd(1), reserved: 0 });
    expect(await budget('cmo.daily.usd')).toMatchObject({ spent: usd(1), reserved: 0 });
  });

  it.each<[string, Partial<CallOutcome>, object]>([
    [
      'that fails before it used anything counts for nothing',
      { status: 'failed', usage: undefined, costMicroUsd: 0 },
      { tokens: 0, calls: 0 },
    ],
    ['that fails midway counts for what it used', { status: 'failed' }, { tokens: 1_000, calls: 1 }],
    [
      'of which the provider does not say what it used counts at its ceiling',
      { usage: undefined },
      { tokens: 1_000, calls: 1 },
    ],
    [
      'that is cut off counts for what it used',
      { status: 'aborted', usage: { inputTokens: 5, outputTokens: 2, cacheReadTokens: 0, cacheWriteTokens: 0 } },
      { tokens: 7, calls: 1 },
    ],
  ])('%s', async (_what, parts, { tokens, calls }: { tokens?: number; calls?: number }) => {
    await set('cmo', { monthly: { tokens: 100_000, calls: 100 } });
    await call(one, parts);
    expect(await budget('cmo.monthly.tokens')).toMatchObject({ spent: tokens, reserved: 0 });
    expect(await budget('cmo.monthly.calls')).toMatchObject({ spent: calls, reserved: 0 });
  });
});

describe('an orchestrator that is gone in the middle of a call', () => {
  beforeEach(() => set('cmo', { monthly: { usd: 10 } }));

  it('leaves no reservation for ever: the call counts as lost, at its ceiling', async () => {
    const script = fileURLToPath(new URL('../support/reserving-process.ts', import.meta.url));
    const args = ['--import', 'tsx', script, database.url, String(time.clock.now())];
    const gone = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = await once(gone.stdout, 'data');
    expect(String(said)).toBe('reserved\n');
    gone.kill('SIGKILL');
    await once(gone, 'close');
    await two.services.budgets.sweep();
    const spent = async () =>
      (await two.services.budgets.list()).budgets.find((each) => each.budget === 'cmo.monthly.usd');
    expect(await spent()).toMatchObject({ spent: 0, reserved: usd(4) });
    await time.advance(reservationMs + 1);
    await Promise.all([two.services.budgets.sweep(), two.services.budgets.sweep()]);
    expect(await spent()).toMatchObject({ spent: usd(4), reserved: 0 });
    expect(await records()).toEqual([expect.objectContaining({ status: 'lost', cost_micro_usd: '4000000' })]);
  });

  it('but that was only slow, puts what the call used in the place of its ceiling', async () => {
    const reservation = await reserve(one, 'cmo', usd(4));
    await time.advance(reservationMs + 1);
    await two.services.budgets.sweep();
    await reservation.settle(outcome());
    expect(await budget('cmo.monthly.usd')).toMatchObject({ spent: usd(1), reserved: 0 });
    expect(await records()).toEqual([expect.objectContaining({ status: 'ok', cost_micro_usd: '1000000' })]);
    await two.services.budgets.sweep();
    expect(await budget('cmo.monthly.usd')).toMatchObject({ spent: usd(1), reserved: 0 });
  });
});

describe('a database that is away', () => {
  it('lets no call through that a budget would have to watch, and loses no record of one that has ended', async () => {
    await set('cmo', { monthly: { usd: 10 } });
    const address = new URL(database.url);
    const proxy = await startTcpProxy({ host: address.hostname, port: Number(address.port) });
    address.port = String(proxy.port);
    const far = openReplica(address.href);
    await far.learn();
    const reservation = await reserve(far);
    await proxy.cut();
    await expect(reserve(far)).rejects.toMatchObject({ code: 'dependency_unavailable' });
    const settled = reservation.settle(outcome());
    await eventually(() => time.sleepers() || undefined, { what: 'a wait for the database' });
    await proxy.restore();
    await time.advance(1_000);
    await settled;
    expect(await budget('cmo.monthly.usd')).toMatchObject({ spent: usd(1), reserved: 0 });
    await far.postgres.close();
    await proxy.close();
  });
});

describe('a budget near its end', () => {
  beforeEach(() => set('cmo', { monthly: { usd: 10 } }));

  it('warns once at eighty percent, and not before, whoever settles', async () => {
    for (let count = 0; count < 7; count += 1) await call(one);
    expect(await told('budget_warning')).toEqual([]);
    await call(one);
    await call(two);
    expect((await told('budget_warning')).map(({ payload }) => payload)).toEqual([
      {
        agentType: 'cmo',
        budget: 'cmo.monthly.usd',
        subject: 'cmo',
        period: 'monthly',
        measure: 'usd',
        limit: usd(10),
        spent: usd(8),
        until: '2030-02-01T00:00:00.000Z',
        actor: 'system',
      },
    ]);
    expect(await escalations()).toEqual([]);
  });

  it('at its end refuses in words, and calls a human once, however often and wherever it is asked', async () => {
    for (let count = 0; count < 10; count += 1) await call(one);
    const asked = await Promise.allSettled(Array.from({ length: 10 }, (_, at) => reserve(at % 2 === 0 ? one : two)));
    expect(asked.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(reserve(two)).rejects.toMatchObject({
      ...refusal,
      message:
        'The budget cmo.monthly.usd leaves no room for a call: 10.00 USD of 10.00 USD spent. ' +
        'It begins anew at 2030-02-01T00:00:00.000Z; an operator can raise it before (setting budgets.cmo)',
    });
    expect(await told('budget_exhausted')).toHaveLength(1);
    expect(await escalations()).toEqual([
      expect.objectContaining({ kind: 'budget_exhausted', subject: 'cmo.monthly.usd', priority: 'high' }),
    ]);
    // Others think on.
    await call(one, {}, 'cto');
  });

  it('lets the very next call through when it is raised, on a replica that has not heard of it too', async () => {
    for (let count = 0; count < 10; count += 1) await call(one);
    await expect(reserve(two)).rejects.toMatchObject(refusal);
    await one.services.unitOfWork((work) =>
      one.services.settings.change(work, anna, { category: 'budgets', key: 'cmo', value: { monthly: { usd: 12 } } }),
    );
    await call(two);
    await two.services.budgets.sweep();
    expect(await escalations()).toEqual([]);
    expect(await escalations('resolved')).toMatchObject([{ resolution: 'the budget has room again' }]);
    // And tells of its new end.
    await call(two);
    await expect(reserve(two)).rejects.toMatchObject(refusal);
    expect((await told('budget_exhausted')).map(({ payload }) => payload['limit'])).toEqual([usd(12), usd(10)]);
  });

  it('lets calls through when the period turns', async () => {
    for (let count = 0; count < 10; count += 1) await call(one);
    await expect(reserve(one)).rejects.toMatchObject(refusal);
    time.set(Date.UTC(2030, 1, 1));
    await call(one);
    expect(await budget('cmo.monthly.usd')).toMatchObject({
      spent: usd(1),
      periodStart: '2030-02-01T00:00:00.000Z',
      periodEnd: '2030-03-01T00:00:00.000Z',
    });
  });

  it('is not raised by the human who resolves its escalation: that only says that it was seen', async () => {
    for (let count = 0; count < 10; count += 1) await call(one);
    const [open] = await escalations();
    await one.services.escalations.resolve(anna, open?.id ?? '', 'seen');
    await expect(reserve(one)).rejects.toMatchObject(refusal);
    expect(await escalations()).toEqual([]);
  });
});

describe('records', () => {
  it('are removed when they are from before', async () => {
    await call(one);
    await time.advance(hourMs);
    const forget = (before: number) => one.services.budgets.forgetOld(before, new AbortController().signal);
    expect(await forget(time.clock.now() - 2 * hourMs)).toBe(0);
    expect(await records()).toHaveLength(1);
    expect(await forget(time.clock.now())).toBe(1);
    expect(await records()).toEqual([]);
  });

  it('add up by agent, model and day', async () => {
    await call(one);
    await call(one, { status: 'failed', costMicroUsd: 5 }, 'cto');
    await time.advance(24 * hourMs);
    await call(two);
    const usage = async (groupBy: string, agent?: string) =>
      (await one.services.budgets.usage({ groupBy, agent, limit: 10, offset: 0, to: '2030-02-01T00:00:00Z' })).usage;
    const sums = { inputTokens: 600, outputTokens: 300, cacheReadTokens: 60, cacheWriteTokens: 40 };
    expect(await usage('agent')).toMatchObject([
      { agent: 'cmo', calls: 2, failedCalls: 0, costMicroUsd: usd(2), inputTokens: 1_200 },
      { agent: 'cto', calls: 1, failedCalls: 1, costMicroUsd: 5, ...sums },
    ]);
    expect(await usage('model')).toMatchObject([{ model: 'anthropic/sonnet', calls: 3, costMicroUsd: usd(2) + 5 }]);
    expect(await usage('day,agent')).toMatchObject([
      { day: '2030-01-30', agent: 'cmo', ...sums },
      { day: '2030-01-30', agent: 'cto' },
      { day: '2030-01-31', agent: 'cmo' },
    ]);
    expect(await usage('day', 'cmo')).toMatchObject([
      { day: '2030-01-30', calls: 1, failedCalls: 0 },
      { day: '2030-01-31', calls: 1 },
    ]);
  });
});
