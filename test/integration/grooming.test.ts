import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actsOn, anna, openSchedulerStage, type SchedulerStage } from '../support/scheduler-stage.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let stage: SchedulerStage;
beforeAll(async () => {
  stage = await openSchedulerStage();
  await stage.addReplica('one');
});
beforeEach(() => stage.postgres.db.execute(sql`truncate events, tasks, messages, settings, job_runs cascade`));
afterAll(() => stage.dispose());

const { run, give, eventsOf, countOf, set } = actsOn(() => stage);

describe('the groomer', () => {
  it('raises, links and flags, tells of each, and reports once to the CEO', async () => {
    const old = await give('Clean the press');
    await stage.time.advance(8 * dayMs);
    const first = await give('Write a letter to all customers in Hamburg');
    const second = await give('Write a letter to all customers in Hamburg!');
    const due = await give('File the taxes', { dueAt: new Date(stage.time.clock.now() + hourMs).toISOString() });
    expect(await run('backlog-groomer')).toContain('tasks groomed: 3');
    const get = stage.services.tasks.get;
    expect(await get(old.id)).toMatchObject({ priority: 'high', flags: ['stale'], status: 'pending' });
    expect(await get(first.id)).toMatchObject({ flags: [], duplicateOf: null });
    expect(await get(second.id)).toMatchObject({
      flags: ['likely_duplicate'],
      duplicateOf: first.id,
      status: 'pending',
    });
    expect(await get(due.id)).toMatchObject({ priority: 'high', dueAt: due.dueAt });
    expect(await eventsOf('task_groomed')).toHaveLength(3);
    expect(await eventsOf('message_sent')).toMatchObject([{ payload: { agentType: 'ceo', from: 'system' } }]);
    expect(await run('backlog-groomer')).toBe('nothing to do');
    expect(await eventsOf('message_sent')).toHaveLength(1);
  });

  describe.each(['with pg_trgm', 'without pg_trgm'] as const)('%s', (kind) => {
    const hasTrigrams = kind === 'with pg_trgm';
    beforeAll(async () => {
      if (!hasTrigrams)
        await stage.postgres.db.execute(sql`alter function tasks_alike(text[], text[]) rename to tasks_apart`);
    });
    afterAll(async () => {
      if (!hasTrigrams)
        await stage.postgres.db.execute(sql`alter function tasks_apart(text[], text[]) rename to tasks_alike`);
    });
    const crowd = async (count: number) => {
      for (let at = 0; at < count; at += 1) await give(`Call ${randomUUID()}`);
    };
    const links = async (ids: readonly string[]) =>
      Promise.all(ids.map(async (id) => (await stage.services.tasks.get(id)).duplicateOf));

    it(`${hasTrigrams ? 'finds a duplicate however many tasks lie between' : 'finds those near each other'}`, async () => {
      const far = await give('Write a letter to all customers in Hamburg');
      await crowd(450);
      const first = await give('Order new chairs for the meeting room');
      const ids = [];
      for (const title of ['write a letter to all customers in HAMBURG', 'Order new chairs for the meeting room!'])
        ids.push((await give(title)).id);
      await run('backlog-groomer');
      expect(await links(ids)).toEqual([hasTrigrams ? far.id : null, first.id]);
    });

    it('links to the next of its kind when the first is done, and looks again at none of the others', async () => {
      const { tasks } = stage.services;
      const [first, second, third] = [
        await give('Water the plants'),
        await give('water the plants'),
        await give('WATER THE PLANTS!'),
      ];
      await run('backlog-groomer');
      expect(await links([second.id, third.id])).toEqual([first.id, first.id]);
      await stage.time.advance(61_000);
      await run('backlog-groomer');
      await tasks.cancel(anna, first.id, 'they are of plastic');
      await run('backlog-groomer');
      expect(await links([second.id, third.id])).toEqual([null, second.id]);
      expect(await countOf('tasks where compared')).toBe(hasTrigrams ? 3 : 0);
    });
  });

  it('names another for the tasks of an agent that is stopped', async () => {
    const task = await give('Pay the invoice of the printer, and look at the budget', { assignTo: 'cto' });
    await stage.services.agents.stopAs('cto');
    await run('backlog-groomer');
    expect(await stage.services.tasks.get(task.id)).toMatchObject({ flags: ['unassigned'], suggestedAssignee: 'cfo' });
    await stage.services.agents.startAs(anna, 'cto');
    await run('backlog-groomer');
    expect(await stage.services.tasks.get(task.id)).toMatchObject({ flags: [], suggestedAssignee: null });
  });

  it('returns to the queue what is in progress beyond a limit that was lowered', async () => {
    const claimant = { actor: { name: 'cmo', agentId: 'agt_cmo' }, instanceId: 'ins_1' };
    const ids = [];
    for (const title of ['One', 'Two']) {
      const { id } = await give(title);
      await stage.services.unitOfWork((work) => stage.services.tasks.claim(work, claimant, id));
      ids.push(id);
    }
    await set('tasks', 'max_concurrent_per_agent', 1);
    await run('backlog-groomer');
    const states = await Promise.all(ids.map(async (id) => (await stage.services.tasks.get(id)).status));
    expect(states).toEqual(['in_progress', 'pending']);
    expect(await eventsOf('task_released')).toHaveLength(1);
  });
});
