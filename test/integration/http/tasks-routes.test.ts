import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.dispose());

const create = async (input: object) => (await stage.ok('createTask', { body: { assignTo: 'ceo', ...input } })).task;
const titles = ({ tasks }: { tasks: readonly { title: string }[] }) => tasks.map(({ title }) => title);

describe('a task', () => {
  it('answers 201, waits for its agent with priority normal, and is by the operator whose key was used', async () => {
    const { status, body } = await stage.ask('createTask', {
      key: stage.keys.operator,
      body: { title: 'Write the plan', assignTo: 'cmo' },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      success: true,
      task: {
        title: 'Write the plan',
        description: '',
        status: 'pending',
        priority: 'normal',
        assignedTo: 'cmo',
        createdBy: 'operator:a operator',
        result: null,
        completedAt: null,
      },
    });
  });

  it('keeps what it was given, to the letter', async () => {
    const title = '  "Ünïcode" ☃ \' ; drop table tasks; -- ';
    const { id } = await create({ title, description: 'Line\nby\tline', priority: 'urgent' });
    const shown = await stage.ok('getTask', { params: { id } });
    expect(shown).toMatchObject({ id, title, description: 'Line\nby\tline', priority: 'urgent' });
  });

  it('is told of in the log, once', async () => {
    const { id } = await create({ title: 'Told of' });
    const { events } = await stage.ok('listEvents', { query: { type: 'task_created', limit: 200 } });
    const told = events.filter(({ payload }) => payload['taskId'] === id);
    expect(told).toHaveLength(1);
    expect(told[0]?.payload).toMatchObject({ title: 'Told of', assignedTo: 'ceo', actor: 'operator:admin' });
  });

  it('for an agent that is not there is refused and not kept', async () => {
    const { total } = await stage.ok('listTasks');
    const body = { title: 'For nobody', assignTo: 'nobody' };
    const { detail } = await stage.refusal('createTask', 'agent_not_found', { body });
    expect(detail).toContain('"nobody"');
    expect((await stage.ok('listTasks')).total).toBe(total);
  });

  it('that is not there is 404, whatever it is asked for', async () => {
    const params = { id: 'tsk_01h455vb4pex5vsknk084sn02q' };
    await stage.refusal('getTask', 'task_not_found', { params });
    await stage.refusal('getTaskEvents', 'task_not_found', { params });
    await stage.refusal('cancelTask', 'task_not_found', { params });
    await stage.refusal('getTask', 'task_not_found', { params: { id: "tsk_' or 1=1 --" } });
  });
});

describe('the events of a task', () => {
  it('are its own and no others, newest first, page by page', async () => {
    const { id } = await create({ title: 'Followed' });
    await create({ title: 'Not followed' });
    await stage.ok('cancelTask', { params: { id } });
    const list = async (query: object = {}) =>
      (await stage.ok('getTaskEvents', { key: stage.keys.viewer, params: { id }, query: { ...query } })).events;
    const all = await list();
    expect(all.map(({ eventType }) => eventType)).toEqual(['task_cancelled', 'task_created']);
    expect(all.every(({ payload }) => payload['taskId'] === id)).toBe(true);
    expect(await list({ limit: 1 })).toEqual(all.slice(0, 1));
    expect(await list({ before: all[0]?.seq ?? 0 })).toEqual(all.slice(1));
  });
});

describe('a cancelled task', () => {
  it('is shown with the reason as its result', async () => {
    const { id } = await create({ title: 'No longer needed' });
    const cancelled = await stage.ok('cancelTask', { params: { id }, body: { reason: 'the plan has changed' } });
    expect(cancelled).toMatchObject({ id, status: 'cancelled', result: 'the plan has changed' });
    expect(cancelled.completedAt).not.toBeNull();
    expect(await stage.ok('getTask', { params: { id } })).toEqual(cancelled);
  });

  it('needs no reason', async () => {
    const { id } = await create({ title: 'For no reason' });
    expect(await stage.ok('cancelTask', { params: { id } })).toMatchObject({ status: 'cancelled', result: '' });
  });

  it('cannot be cancelled again, and the first reason stands', async () => {
    const { id } = await create({ title: 'Cancelled once' });
    const first = await stage.ok('cancelTask', { params: { id }, body: { reason: 'first' } });
    await stage.refusal('cancelTask', 'task_closed', { params: { id }, body: { reason: 'second' } });
    expect(await stage.ok('getTask', { params: { id } })).toEqual(first);
  });

  it('is cancelled once by two at the same time', async () => {
    const { id } = await create({ title: 'Cancelled twice' });
    const two = ['one', 'other'].map((reason) => stage.ask('cancelTask', { params: { id }, body: { reason } }));
    const outcomes = (await Promise.all(two)).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set([200, 'task_closed']));
    const { events } = await stage.ok('listEvents', { query: { type: 'task_cancelled', limit: 200 } });
    expect(events.filter(({ payload }) => payload['taskId'] === id)).toHaveLength(1);
  });
});

describe('the list of tasks', () => {
  let before: number;
  const made = Array.from({ length: 7 }, (_, index) => `Listed ${index}`);
  beforeAll(async () => {
    before = (await stage.ok('listTasks')).total;
    for (const [index, title] of made.entries()) await create({ title, assignTo: index % 2 === 0 ? 'cfo' : 'coo' });
  });

  it('is newest first, 50 at a time unless asked otherwise, with how many there are', async () => {
    const page = await stage.ok('listTasks');
    expect(titles(page).slice(0, made.length)).toEqual(made.toReversed());
    expect(page).toMatchObject({ total: before + made.length, limit: 50, offset: 0 });
  });

  it('shows each task once, page by page', async () => {
    const pages: string[] = [];
    for (let offset = 0; offset < made.length; offset += 3) {
      const page = await stage.ok('listTasks', { query: { limit: 3, offset } });
      expect(page).toMatchObject({ total: before + made.length, limit: 3, offset });
      pages.push(...titles(page));
    }
    expect(pages.slice(0, made.length)).toEqual(made.toReversed());
  });

  it.each([{}, { assignedTo: 'coo' }, { status: 'pending' }, { assignedTo: 'cfo', status: 'pending' }])(
    'goes on behind an id, of %o, and the total stays',
    async (filter) => {
      const all = await stage.ok('listTasks', { query: { ...filter, limit: 200 } });
      const ids: string[] = [];
      for (let more = true; more; ) {
        const last = ids.at(-1);
        const query = { ...filter, limit: 3, ...(last !== undefined && { before: last }) };
        const page = await stage.ok('listTasks', { query });
        expect(page.total).toBe(all.total);
        ids.push(...page.tasks.map(({ id }) => id));
        more = page.tasks.length > 0;
      }
      expect(ids).toEqual(all.tasks.map(({ id }) => id));
    },
  );

  it('is empty beyond its end, and still says how many there are', async () => {
    const page = await stage.ok('listTasks', { query: { offset: 1_000_000 } });
    expect(page).toMatchObject({ tasks: [], total: before + made.length });
  });

  it('holds one agent’s tasks when asked for them; the total counts those', async () => {
    const page = await stage.ok('listTasks', { query: { assignedTo: 'coo', limit: 2 } });
    expect(titles(page)).toEqual(['Listed 5', 'Listed 3']);
    expect(page.total).toBe(3);
    expect(await stage.ok('listTasks', { query: { assignedTo: 'nobody' } })).toMatchObject({ tasks: [], total: 0 });
  });

  it('holds tasks of one status when asked for them', async () => {
    const { id } = await create({ title: 'To be cancelled', assignTo: 'cto' });
    await stage.ok('cancelTask', { params: { id } });
    const { tasks } = await stage.ok('listTasks', { query: { status: 'cancelled', assignedTo: 'cto' } });
    expect(tasks.map((task) => task.id)).toEqual([id]);
    const pending = await stage.ok('listTasks', { query: { status: 'pending', assignedTo: 'cto' } });
    expect(pending.total).toBe(0);
  });
});

describe('the list of tasks of one priority', () => {
  it('holds no other, says how many there are, and may be of one agent besides', async () => {
    await create({ title: 'Of the COO', assignTo: 'coo', priority: 'operational' });
    await create({ title: 'Of the CFO', assignTo: 'cfo', priority: 'operational' });
    await create({ title: 'Of the COO, but low', assignTo: 'coo', priority: 'low' });
    const all = await stage.ok('listTasks', { query: { priority: 'operational' } });
    expect([titles(all), all.total]).toEqual([['Of the CFO', 'Of the COO'], 2]);
    const ofOne = await stage.ok('listTasks', { query: { priority: 'operational', assignedTo: 'coo' } });
    expect([titles(ofOne), ofOne.total]).toEqual([['Of the COO'], 1]);
  });
});

closeBook('tasks-routes');
