import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DecisionAction, Vote } from '../../src/contracts/decision.ts';
import { AppError, type ErrorCode } from '../../src/contracts/errors.ts';
import type { Tier } from '../../src/contracts/policy.ts';
import { loadProfiles, type Profiles } from '../../src/orchestrator/agents/profiles.ts';
import { readConfig } from '../../src/orchestrator/config.ts';
import { type Actor, system } from '../../src/orchestrator/events/work.ts';
import { createToolCaller } from '../../src/orchestrator/gateway/tool-calls.ts';
import { createToolbox } from '../../src/orchestrator/gateway/toolbox.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import { createPostgres, type Postgres } from '../../src/orchestrator/platform/postgres.ts';
import type { Services } from '../../src/orchestrator/services.ts';
import { createDatabase, type TestDatabase, testLimits } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { openMeaning } from '../support/meaning.ts';
import { servicesOn } from '../support/team-services.ts';

const hour = 3_600_000;
const { clock, advance } = fakeClock(Date.UTC(2030, 0, 1));
const anna: Actor = { name: 'operator:anna', agentId: null };
const agent = (name: string): Actor => ({ name, agentId: `agt_${name}` });

let database: TestDatabase;
let postgres: Postgres;
let services: Services;
let team: Profiles;
/** Roles whose profile was taken away after the start. */
const gone = new Set<string>();
/** Another session: to look, and to stand in the way. */
let other: pg.Client;

beforeAll(async () => {
  database = await createDatabase();
  // Hundreds of calls at once wait for their turn here, however slow the machine is.
  const limits = { ...testLimits, connectTimeoutMs: 25_000, lockTimeoutMs: 3_000 };
  postgres = createPostgres(database.url, limits, () => undefined);
  const loaded = await loadProfiles('profiles', () => undefined);
  team = { ...loaded, get: (type) => (gone.has(type) ? undefined : loaded.get(type)) };
  const common = { config: readConfig({}), postgres, clock, chance, profiles: team };
  services = servicesOn(common);
  await services.agents.register(() => false);
  other = new pg.Client(database.url);
  await other.connect();
});
beforeEach(async () => {
  gone.clear();
  await other.query('truncate events, tasks, escalations, decisions cascade');
});
afterAll(async () => {
  await other.end();
  await postgres.close();
  await database.drop();
});

const giveWork = (assignTo: string): DecisionAction => ({
  kind: 'create_task',
  task: { title: 'Print it', description: '', assignTo, priority: 'normal' },
});

async function propose(tier: Tier = 'major', onApprove: DecisionAction[] = []): Promise<string> {
  const proposal = { title: 'Buy a newspaper', description: '', tier, onApprove };
  return (await services.decisions.proposeAs(agent('cmo'), proposal)).id;
}
const proposeMany = (count: number, ...what: Parameters<typeof propose>) =>
  Promise.all(Array.from({ length: count }, () => propose(...what)));

const vote = (decisionId: string, voterType: string, word: Vote) =>
  services.decisions.voteOnBehalf(anna, { decisionId, voterType, vote: word, reason: '' });

/** The codes of the refusals; anything else that fails, fails the test. */
async function refusalsOf(calls: readonly Promise<unknown>[]): Promise<ErrorCode[]> {
  const ends = await Promise.allSettled(calls);
  return ends.flatMap((end) => {
    if (end.status === 'fulfilled') return [];
    if (end.reason instanceof AppError) return [end.reason.code];
    throw end.reason;
  });
}

/** How often each decision has an event of this type: a count for each decision that has one. */
async function eventsOf(eventType: string): Promise<number[]> {
  const { rows } = await other.query<{ count: number }>(
    `select count(*)::int from events where event_type = $1 group by payload->>'decisionId'`,
    [eventType],
  );
  return rows.map(({ count }) => count);
}
const onceEach = (count: number): number[] => Array.from({ length: count }, () => 1);
const statusesOf = async (ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => (await services.decisions.get(id)).status));
const tasks = async () => (await services.tasks.list({ limit: 200, offset: 0 })).total;

describe('a hundred decisions, voted on by both voters at once and by each twice', () => {
  it.each<[Vote, Vote, string, { resolved: number; escalated: number; tasks: number }]>([
    ['approve', 'approve', 'approved', { resolved: 1, escalated: 0, tasks: 1 }],
    ['veto', 'veto', 'vetoed', { resolved: 1, escalated: 0, tasks: 0 }],
    ['abstain', 'approve', 'approved', { resolved: 1, escalated: 0, tasks: 1 }],
    ['abstain', 'abstain', 'escalated', { resolved: 0, escalated: 1, tasks: 0 }],
  ])('CEO %s, DAO %s: each is %s exactly once', async (ceo, dao, status, once) => {
    const ids = await proposeMany(100, 'major', [giveWork('cto')]);
    const calls = ids.flatMap((id) => [
      vote(id, 'ceo', ceo),
      vote(id, 'dao', dao),
      vote(id, 'ceo', ceo),
      vote(id, 'dao', dao),
    ]);
    const refusals = await refusalsOf(calls);
    expect(refusals).toHaveLength(200);
    for (const code of refusals) expect(['vote_already_cast', 'decision_closed', 'decision_escalated']).toContain(code);

    expect(new Set(await statusesOf(ids))).toEqual(new Set([status]));
    expect(await eventsOf('decision_voted')).toEqual(onceEach(100).map(() => 2));
    expect(await eventsOf('decision_resolved')).toEqual(onceEach(100 * once.resolved));
    expect(await eventsOf('escalation_created')).toEqual(onceEach(100 * once.escalated));
    expect(await eventsOf('action_executed')).toEqual(onceEach(100 * once.tasks));
    expect(await tasks()).toBe(100 * once.tasks);
  });
});

describe('a deadline', () => {
  it('that four sweeps find at once is settled by one of them', async () => {
    const silent = await proposeMany(30, 'minor', [giveWork('cto')]);
    const waiting = await proposeMany(30, 'major');
    await advance(25 * hour);
    const sweeps = Array.from({ length: 4 }, () => services.decisions.sweepDeadlines(clock.now(), 500));
    const settled = await Promise.all(sweeps);
    expect(settled.reduce((sum, count) => sum + count)).toBe(60);
    expect(new Set(await statusesOf(silent))).toEqual(new Set(['approved']));
    expect(new Set(await statusesOf(waiting))).toEqual(new Set(['escalated']));
    expect(await eventsOf('decision_resolved')).toEqual(onceEach(30));
    expect(await eventsOf('escalation_created')).toEqual(onceEach(30));
    expect(await tasks()).toBe(30);
  });

  it('leaves what is not due alone, and lets the vote of the last moment count', async () => {
    const id = await propose('minor');
    await advance(4 * hour - 1);
    expect(await services.decisions.sweepDeadlines(clock.now(), 500)).toBe(0);
    expect((await vote(id, 'ceo', 'veto')).status).toBe('vetoed');
  });

  it('closes a decision to votes though no sweep has come yet', async () => {
    const id = await propose('minor');
    await advance(4 * hour);
    const calls = [vote(id, 'ceo', 'veto'), services.decisions.sweepDeadlines(clock.now(), 500)];
    expect(await refusalsOf(calls)).toEqual(['decision_closed']);
    expect(await statusesOf([id])).toEqual(['approved']);
  });

  it.each([
    ['is held by somebody else', (id: string) => `begin; select from decisions where id = '${id}' for update`],
    ['makes no sense', (id: string) => `begin; update decisions set rule = '{}' where id = '${id}'; commit; begin`],
  ])('is met for every other decision when one of them %s', async (_why, obstruct) => {
    const [stuck = '', ...others] = await proposeMany(5, 'minor');
    await other.query(`update decisions set deadline_at = created_at where id = '${stuck}'`);
    await advance(5 * hour);
    await other.query(obstruct(stuck));
    // What becomes of the stuck one, and how that is told, is not the question here.
    await Promise.allSettled([services.decisions.sweepDeadlines(clock.now(), 500)]);
    await other.query('rollback');
    expect(new Set(await statusesOf(others))).toEqual(new Set(['approved']));
  });
});

describe('a late word', () => {
  const closings: [string, ErrorCode, (id: string) => Promise<unknown>][] = [
    ['approved', 'decision_closed', async (id) => [await vote(id, 'ceo', 'approve'), await vote(id, 'dao', 'approve')]],
    ['vetoed', 'decision_closed', async (id) => [await vote(id, 'ceo', 'veto'), await vote(id, 'dao', 'veto')]],
    [
      'withdrawn',
      'decision_closed',
      (id) =>
        services.unitOfWork((work) =>
          services.decisions.withdraw(work, agent('cmo'), { decisionId: id, reason: 'no' }),
        ),
    ],
    ['escalated', 'decision_escalated', (id) => services.decisions.escalate(anna, id, 'enough')],
    [
      'rejected',
      'decision_closed',
      async (id) => [
        await services.decisions.escalate(anna, id, 'enough'),
        await services.decisions.resolve(anna, id, { decision: 'reject', reason: 'no' }),
      ],
    ],
  ];

  it.each(closings)('on a decision that is %s is refused with %s, and changes nothing', async (status, code, close) => {
    const id = await propose();
    await close(id);
    const log = async () => (await services.events.list({ limit: 200 })).length;
    const before = [await services.decisions.get(id), await log()];
    const late = [vote(id, 'ceo', 'veto'), vote(id, 'dao', 'approve'), services.decisions.escalate(anna, id, 'again')];
    expect(await refusalsOf(late)).toEqual([code, code, code]);
    expect(before).toMatchObject([{ status }, expect.any(Number)]);
    expect([await services.decisions.get(id), await log()]).toEqual(before);
  });
});

describe('an escalation', () => {
  it('against the last vote: one of them comes first, and the other changes nothing', async () => {
    const ids = await proposeMany(40, 'major', [giveWork('cto')]);
    await Promise.all(ids.map((id) => vote(id, 'ceo', 'approve')));
    const calls = ids.flatMap((id) => [services.decisions.escalate(anna, id, 'enough'), vote(id, 'dao', 'approve')]);
    const refusals = await refusalsOf(calls);
    const statuses = await statusesOf(ids);
    const approved = statuses.filter((status) => status === 'approved').length;
    const escalated = statuses.filter((status) => status === 'escalated').length;
    expect([approved + escalated, refusals.length]).toEqual([40, 40]);
    expect(refusals.filter((code) => code === 'decision_closed')).toHaveLength(approved);
    expect(await eventsOf('decision_resolved')).toEqual(onceEach(approved));
    expect(await eventsOf('escalation_created')).toEqual(onceEach(escalated));
    expect(await tasks()).toBe(approved);
  });

  it('answered by two humans and withdrawn at once is ended by one of them', async () => {
    const ids = await proposeMany(40, 'major', [giveWork('cto')]);
    await Promise.all(ids.map((id) => services.decisions.escalate(anna, id, 'enough')));
    const answer = (id: string, decision: 'approve' | 'reject') =>
      services.decisions.resolve(anna, id, { decision, reason: 'so be it' });
    const withdraw = (decisionId: string) =>
      services.unitOfWork((work) => services.decisions.withdraw(work, agent('cmo'), { decisionId, reason: 'no' }));
    const calls = ids.flatMap((id) => [answer(id, 'approve'), answer(id, 'reject'), withdraw(id)]);
    expect(await refusalsOf(calls)).toHaveLength(80);
    const approved = (await statusesOf(ids)).filter((status) => status === 'approved').length;
    expect(await eventsOf('decision_resolved')).toEqual(onceEach(40));
    expect(await eventsOf('escalation_resolved')).toEqual(onceEach(40));
    expect(await tasks()).toBe(approved);
  });
});

describe('an approved action', () => {
  const approve = async (id: string) => {
    await vote(id, 'ceo', 'approve');
    await vote(id, 'dao', 'approve');
    return services.decisions.get(id);
  };
  const failedEscalation = (subject: string) =>
    services.unitOfWork((work) =>
      services.escalations.open(work, system, {
        kind: 'agent_failed',
        subject,
        title: 'x',
        reason: 'x',
        priority: 'high',
      }),
    );

  it('that fails says so, takes back what it began, and leaves the approval and the other actions standing', async () => {
    await failedEscalation('cto');
    const id = await propose('major', [giveWork('coo'), { kind: 'start_agent', agentType: 'cto' }, giveWork('cco')]);
    gone.add('cto');
    const { status, onApprove } = await approve(id);
    expect([status, ...onApprove.map((action) => action.status)]).toEqual(['approved', 'done', 'failed', 'done']);
    expect(onApprove[1]?.outcome).toBe('There is no agent "cto"');
    expect([await eventsOf('action_executed'), await eventsOf('action_failed'), await tasks()]).toEqual([[2], [1], 2]);
    // Starting an agent settles its failure first: that is undone with the rest of it.
    expect(await services.escalations.list(postgres.db, { status: 'open', limit: 10, offset: 0 })).toMatchObject({
      total: 1,
    });
    expect(await eventsOf('escalation_resolved')).toEqual([]);
  });

  it('that loses a race in the database is done again, and not given up', async () => {
    await failedEscalation('cto');
    const id = await propose('major', [{ kind: 'start_agent', agentType: 'cto' }]);
    await other.query("begin; select from agents where type = 'cto' for update");
    const approving = approve(id);
    const blocked = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await eventually(async () => (await postgres.db.execute(blocked)).rowCount || undefined, { what: 'the wait' });
    // Now each waits for the other; the database ends the one that began to wait first.
    await other.query("select from escalations where subject = 'cto' for update");
    await other.query('commit');
    const { status, onApprove } = await approving;
    expect([status, onApprove]).toMatchObject(['approved', [{ status: 'done' }]]);
  });

  it('gives nobody the work that the proposer may not give, where nobody was asked to approve it', async () => {
    const profile = team.get('cmo') ?? expect.fail('there is no CMO');
    const toolbox = createToolbox(services);
    const meaning = await openMeaning({ services, postgres, clock });
    const call = createToolCaller({ ...services, toolbox, meaning, onCalled: () => undefined });
    const caller = { actor: agent('cmo'), instanceId: 'ins_1', profile };
    const use = (tool: string, input: object) => call(caller, { tool, input, callId: undefined });
    expect(await use('create_task', { title: 'Obey', assignTo: 'ceo' })).toMatchObject({ refused: true });
    await use('propose_decision', { title: 'Obey', tier: 'operational', onApprove: [giveWork('ceo')] });
    expect(await tasks()).toBe(0);
  });
});
