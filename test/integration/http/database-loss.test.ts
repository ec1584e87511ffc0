import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type CutStage, openCutStage } from '../../support/http-cut-stage.ts';

/** More than the pool has connections. */
const crowdSize = 30;

let stage: CutStage;
/** What nobody caught: in a process of its own each of these is its end. */
const uncaught: unknown[] = [];
const onUncaught = (error: unknown) => void uncaught.push(error);
beforeAll(() => void process.on('uncaughtException', onUncaught));
afterAll(() => void process.off('uncaughtException', onUncaught));

const untilReady = () =>
  eventually(async () => ((await stage.ask('getReadiness')).outcome === 200 ? true : undefined), { what: 'readiness' });

const writing = (title: string) => stage.ask('createTask', { body: { title, assignTo: 'ceo' } });
const crowd = (title: string) => Array.from({ length: crowdSize }, () => writing(title));

/** The ids of the tasks of this title, and of the tasks that the log tells of by this title. */
async function recorded(title: string): Promise<{ tasks: Set<unknown>; told: Set<unknown> }> {
  const { tasks } = await stage.ok('listTasks', { query: { limit: 200 } });
  const { events } = await stage.ok('listEvents', { query: { type: 'task_created', limit: 200 } });
  return {
    tasks: new Set(tasks.filter((task) => task.title === title).map(({ id }) => id)),
    told: new Set(events.filter(({ payload }) => payload['title'] === title).map(({ payload }) => payload['taskId'])),
  };
}

/** Every connection of the pool is asked for, and serves. */
const untilAllServe = () =>
  eventually(
    async () => ((await Promise.all(crowd('Afterwards'))).every(({ outcome }) => outcome === 201) ? true : undefined),
    { what: 'a pool that serves a crowd', withinMs: 20_000 },
  );

async function closesInTime(): Promise<void> {
  let closed = false;
  const closing = stage.dispose().then(() => {
    closed = true;
  });
  await eventually(() => closed || undefined, { what: 'the close', withinMs: 20_000 });
  await closing;
}

describe('when the connections to Postgres end in the middle of work', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    stage = await openCutStage();
  });

  it('each caller is answered, and nothing is there by half', async () => {
    const title = 'In the middle of work';
    const answers = crowd(title);
    await Promise.race(answers);
    await stage.proxy.cut();
    const outcomes = (await Promise.all(answers)).map(({ outcome }) => outcome);
    await stage.proxy.restore();
    await untilReady();
    expect(outcomes).toContain('dependency_unavailable');
    const { tasks, told } = await recorded(title);
    expect(told).toEqual(tasks);
    expect(tasks.size).toBeGreaterThanOrEqual(outcomes.filter((outcome) => outcome === 201).length);
  });

  it('a task whose commit was not heard of is there with its event, and the answer does not deny it', async () => {
    const title = 'Committed unheard';
    stage.proxy.swallowCommitOf(title);
    const { outcome, text } = await writing(title);
    expect(outcome).toBe('dependency_unavailable');
    const { tasks, told } = await recorded(title);
    expect(tasks.size).toBe(1);
    expect(told).toEqual(tasks);
    expect(text).not.toContain('nothing was changed');
  });

  it('a crowd is served again afterwards, however often it happens: the pool loses no place', async () => {
    for (let round = 0; round < 5; round += 1) {
      const answers = crowd(`Cut in round ${round}`);
      await Promise.race(answers);
      await stage.proxy.cut();
      await Promise.all(answers);
      await stage.proxy.restore();
      await untilReady();
    }
    await untilAllServe();
  });

  it('nothing is thrown where nobody catches it, for that would end the process', () => {
    expect(uncaught.map(String)).toEqual([]);
  });

  it('the orchestrator can still close', closesInTime);
});

describe('when Postgres takes questions and answers none', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    stage = await openCutStage();
    // Open connections, and a remembered caller: the questions that hang are those of the transactions.
    await Promise.all(crowd('Before the silence'));
    stage.proxy.hang();
  });

  it('nobody waits without an end, and /health and /ready not even for long', async () => {
    const since = performance.now();
    const lasted = () => performance.now() - since;
    const answers = crowd('Into the void');
    await stage.ok('getHealth', { key: null });
    expect(lasted()).toBeLessThan(1_000);
    expect((await stage.ask('getReadiness', { key: null })).outcome).toBe(503);
    expect(lasted()).toBeLessThan(4_000);
    const outcomes = (await Promise.all(answers)).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['dependency_unavailable']));
    expect(lasted()).toBeLessThan(25_000);
  });

  it('a crowd is served again when the answers come back', async () => {
    await stage.proxy.restore();
    await untilReady();
    await untilAllServe();
  });

  it('nothing of what was refused has happened', async () => {
    const { tasks, told } = await recorded('Into the void');
    expect(tasks.size + told.size).toBe(0);
  });

  it('the orchestrator can still close', closesInTime);
});
