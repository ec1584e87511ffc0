import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../src/contracts/errors.ts';
import type { Task } from '../../src/contracts/task.ts';
import { loadProfiles, type Profiles } from '../../src/orchestrator/agents/profiles.ts';
import { readConfig } from '../../src/orchestrator/config.ts';
import type { Actor } from '../../src/orchestrator/events/work.ts';
import { createToolCaller } from '../../src/orchestrator/gateway/tool-calls.ts';
import { createToolbox } from '../../src/orchestrator/gateway/toolbox.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import type { Services } from '../../src/orchestrator/services.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { openMeaning } from '../support/meaning.ts';
import { servicesOn } from '../support/team-services.ts';

const leaseMs = 60_000;
const { clock, advance } = fakeClock(Date.UTC(2030, 0, 1));
const anna: Actor = { name: 'operator:anna', agentId: null };
const agent = (name: string): Actor => ({ name, agentId: `agt_${name}` });

let database: TestDatabase;
let services: Services;
let team: Profiles;

beforeAll(async () => {
  database = await createDatabase();
  const { postgres } = database;
  team = await loadProfiles('profiles', () => undefined);
  const common = { config: readConfig({ TASK_LEASE_MS: String(leaseMs) }), postgres, clock, chance, profiles: team };
  services = servicesOn(common);
  await services.agents.register(() => false);
});
beforeEach(async () => {
  await database.postgres.db.execute('truncate events, tasks, settings, tool_calls');
});
afterAll(() => database.drop());

const give = (count: number, assignTo = 'cmo'): Promise<Task[]> =>
  Promise.all(
    Array.from({ length: count }, () =>
      services.tasks.createAs(anna, { title: 'Print it', description: '', assignTo, priority: 'normal' }),
    ),
  );

async function giveOne(assignTo = 'cmo'): Promise<string> {
  const [task] = await give(1, assignTo);
  return task?.id ?? expect.fail('no task');
}

/** One agent in one of its lives. */
const life = (instanceId: string, name = 'cmo') => ({
  claim: (id: string) =>
    services.unitOfWork((work) => services.tasks.claim(work, { actor: agent(name), instanceId }, id)),
  complete: (taskId: string) =>
    services.unitOfWork((work) =>
      services.tasks.finish(work, { actor: agent(name), instanceId }, { taskId, status: 'completed', result: 'done' }),
    ),
  beat: () => services.tasks.renewLeases(database.postgres.db, [instanceId], clock.now()),
  die: () => services.unitOfWork((work) => services.tasks.releaseClaimsOf(work, instanceId, 'it died')),
});

const wipLimit = (value: number) =>
  services.unitOfWork((work) =>
    services.settings.change(work, anna, { category: 'tasks', key: 'max_concurrent_per_agent', value }),
  );

/** The codes of the refusals; anything else that fails, fails the test. */
async function refusalsOf(calls: readonly Promise<unknown>[]): Promise<ErrorCode[]> {
  const ends = await Promise.allSettled(calls);
  return ends.flatMap((end) => {
    if (end.status === 'fulfilled') return [];
    if (end.reason instanceof AppError) return [end.reason.code];
    throw end.reason;
  });
}

const countOf = (codes: readonly ErrorCode[], code: ErrorCode) => codes.filter((one) => one === code).length;
const stateOf = async (id: string) => {
  const { status, attempts, leaseUntil } = await services.tasks.get(id);
  return { status, attempts, leased: leaseUntil !== null };
};
const countByStatus = async (status: Task['status']) =>
  (await services.tasks.list({ status, limit: 1, offset: 0 })).total;

/** What the log tells of tasks, by type of event. */
async function told(): Promise<Record<string, number>> {
  const { rows } = await database.postgres.db.execute<{ event_type: string; count: number }>(
    sql`select event_type, count(*)::int from events where event_type <> 'task_created' group by 1`,
  );
  return Object.fromEntries(rows.map(({ event_type, count }) => [event_type, count]));
}

describe('a claim', () => {
  it('made many times at once by one life is one claim', async () => {
    const id = await giveOne();
    const cmo = life('ins_1');
    const claims = await Promise.all(Array.from({ length: 8 }, () => cmo.claim(id)));
    expect(new Set(claims.map(({ status, attempts }) => `${status} ${attempts}`))).toEqual(new Set(['in_progress 1']));
    expect(await told()).toEqual({ task_claimed: 1 });
  });

  it('made by two lives at once is given to one of them', async () => {
    const ids = (await give(20)).map(({ id }) => id);
    await wipLimit(100);
    const [former, present] = [life('ins_1'), life('ins_2')];
    const refusals = await refusalsOf(ids.flatMap((id) => [former.claim(id), present.claim(id)]));
    expect(refusals).toEqual(ids.map(() => 'task_claimed'));
    expect(await told()).toMatchObject({ task_claimed: 20 });
  });

  it('is refused on a task of somebody else’s, and on one that is finished', async () => {
    const [theirs, mine] = [await giveOne('cto'), await giveOne()];
    await life('ins_1').claim(mine);
    await life('ins_1').complete(mine);
    const cmo = life('ins_1');
    expect(await refusalsOf([cmo.claim(theirs), cmo.claim(mine), cmo.complete(theirs)])).toEqual([
      'not_allowed',
      'task_closed',
      'not_allowed',
    ]);
  });
});

describe('the limit on work in progress', () => {
  it.each([1, 2, 5])('of %i holds, however many claims come at once and from however many lives', async (limit) => {
    const tasks = await give(12);
    await wipLimit(limit);
    const lives = [life('ins_1'), life('ins_2'), life('ins_3')];
    const refusals = await refusalsOf(tasks.flatMap(({ id }) => lives.map((one) => one.claim(id))));
    expect(await countByStatus('in_progress')).toBe(limit);
    expect(countOf(refusals, 'wip_limit_reached') + countOf(refusals, 'task_claimed')).toBe(36 - limit);
  });

  it('is two where nobody has set it, and each agent’s own', async () => {
    const [mine, theirs] = [await give(5), await give(5, 'cto')];
    const [cmo, cto] = [life('ins_1'), life('ins_2', 'cto')];
    const calls = [...mine.map(({ id }) => cmo.claim(id)), ...theirs.map(({ id }) => cto.claim(id))];
    expect(await refusalsOf(calls)).toEqual(Array.from({ length: 6 }, () => 'wip_limit_reached'));
  });

  it('lets in as many as have finished', async () => {
    const tasks = await give(4);
    const cmo = life('ins_1');
    const [first = '', second = '', ...rest] = tasks.map(({ id }) => id);
    await Promise.all([cmo.claim(first), cmo.claim(second)]);
    await cmo.complete(first);
    expect(await refusalsOf(rest.map(cmo.claim))).toEqual(['wip_limit_reached']);
    expect(await countByStatus('in_progress')).toBe(2);
  });
});

describe('the end of a lease', () => {
  it('against the completion: the task is done, or it is back in the queue, and it is told once', async () => {
    const ids = (await give(40)).map(({ id }) => id);
    await wipLimit(100);
    const cmo = life('ins_1');
    await Promise.all(ids.map(cmo.claim));
    await advance(leaseMs + 1);
    const sweeps = [services.tasks.releaseExpired(25), services.tasks.releaseExpired(25)];
    const refusals = await refusalsOf([...sweeps, ...ids.map(cmo.complete)]);
    const [done, back] = [await countByStatus('completed'), await countByStatus('pending')];
    expect(done + back).toBe(40);
    expect(refusals).toEqual(Array.from({ length: back }, () => 'task_not_claimed'));
    const { task_completed = 0, task_released = 0 } = await told();
    expect([task_completed, task_released]).toEqual([done, back]);
  });

  it('found by three sweeps at once is told once for each task', async () => {
    const ids = (await give(30)).map(({ id }) => id);
    await wipLimit(100);
    await Promise.all(ids.map(life('ins_1').claim));
    await advance(leaseMs + 1);
    const released = await Promise.all([1, 2, 3].map(() => services.tasks.releaseExpired(500)));
    expect(released.reduce((sum, count) => sum + count)).toBe(30);
    expect(await told()).toMatchObject({ task_released: 30 });
  });

  it.each([
    ['is not there while the lease lasts', leaseMs, false, 0],
    ['is there when it is over', leaseMs + 1, false, 1],
    ['is put off by the heart that beats', leaseMs + 1, true, 0],
  ])('%s', async (_what, afterMs, beats, released) => {
    const id = await giveOne();
    const cmo = life('ins_1');
    await cmo.claim(id);
    await advance(afterMs - 1);
    if (beats) await cmo.beat();
    await advance(1);
    expect(await services.tasks.releaseExpired(500)).toBe(released);
    expect((await stateOf(id)).status).toBe(released === 1 ? 'pending' : 'in_progress');
  });

  it('leaves the task to the next life; the former one, back from the dead, may not finish it', async () => {
    const id = await giveOne();
    const [former, present] = [life('ins_1'), life('ins_2')];
    await former.claim(id);
    await advance(leaseMs + 1);
    await services.tasks.releaseExpired(500);
    expect(await stateOf(id)).toEqual({ status: 'pending', attempts: 1, leased: false });
    await present.claim(id);
    await former.beat();
    expect(await refusalsOf([former.complete(id), former.claim(id)])).toEqual(['task_not_claimed', 'task_claimed']);
    expect(await stateOf(id)).toEqual({ status: 'in_progress', attempts: 2, leased: true });
    expect((await present.complete(id)).status).toBe('completed');
  });
});

describe('an end', () => {
  it.each<[string, (id: string) => Promise<unknown>, string[]]>([
    ['the death of its holder', () => life('ins_1').die(), ['completed', 'pending']],
    ['its cancellation', (id) => services.tasks.cancel(anna, id, 'enough'), ['completed', 'cancelled']],
    ['another completion', (id) => life('ins_1').complete(id), ['completed']],
  ])('of a task against %s: one of them comes first, and the other changes nothing', async (_what, end, statuses) => {
    for (let round = 0; round < 15; round += 1) {
      const id = await giveOne();
      const cmo = life('ins_1');
      await cmo.claim(id);
      await Promise.allSettled([cmo.complete(id), end(id)]);
      const { status } = await services.tasks.get(id);
      expect(statuses).toContain(status);
      const { rows } = await database.postgres.db.execute(
        sql`select 1 from events where payload->>'taskId' = ${id}
          and event_type in ('task_completed', 'task_cancelled', 'task_released')`,
      );
      expect(rows).toHaveLength(1);
    }
  });
});

describe('a tool call sent again while the first is still under way', () => {
  it('is done once, and answered alike from then on', async () => {
    const toolbox = createToolbox(services);
    const meaning = await openMeaning({ services, postgres: database.postgres, clock });
    const call = createToolCaller({ ...services, toolbox, meaning, onCalled: () => undefined });
    const profile = team.get('ceo') ?? expect.fail('there is no CEO');
    const caller = { actor: agent('ceo'), instanceId: 'ins_1', profile };
    const request = { tool: 'create_task', input: { title: 'Print it', assignTo: 'cmo' }, callId: 'call_1' };
    const answers = await Promise.allSettled(Array.from({ length: 6 }, () => call(caller, request)));
    expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    const [first, again] = [await call(caller, request), await call(caller, request)];
    expect([first, await countByStatus('pending')]).toEqual([again, 1]);
    expect(await call({ ...caller, instanceId: 'ins_2' }, request)).not.toEqual(first);
  });
});

describe('a transaction that loses a race in the database', () => {
  it('runs again until it wins, and is done once', async () => {
    const [one, two] = [await giveOne(), await giveOne()];
    let attempts = 0;
    let holding = 0;
    let bothHold = () => {};
    const held = new Promise<void>((resolve) => {
      bothHold = resolve;
    });
    const mark = (first: string, second: string) =>
      services.unitOfWork(async ({ tx }) => {
        attempts += 1;
        await tx.execute(sql`update tasks set title = title || '!' where id = ${first}`);
        holding += 1;
        if (holding === 2) bothHold();
        await held;
        await tx.execute(sql`update tasks set title = title || '!' where id = ${second}`);
      });
    await Promise.all([mark(one, two), mark(two, one)]);
    expect(attempts).toBeGreaterThan(2);
    for (const id of [one, two]) expect((await services.tasks.get(id)).title).toBe('Print it!!');
  });
});
