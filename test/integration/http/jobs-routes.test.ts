import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.dispose());

const template = { message: { agentType: 'coo', message: 'Tell us how the week went' } };
const weekly = { id: 'weekly', schedule: '0 9 * * 1', timeZone: 'Europe/Berlin', template };
const jobs = async () => (await stage.ok('listJobs')).jobs;
const find = async (id: string) => (await jobs()).find((job) => job.id === id);
const ask = (id: string) => ({ params: { id } });

describe('the jobs of the system', () => {
  it('are there, each with its next run', async () => {
    const found = await eventually(async () => {
      const all = await jobs();
      return all.length > 0 ? all : undefined;
    });
    const ids = found.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['backlog-groomer', 'deadlines', 'health-check', 'retention']));
    for (const { nextRun, enabled } of found) expect([enabled, typeof nextRun]).toEqual([true, 'string']);
  });

  it('run when an operator says so, and tell what they did', async () => {
    const { run } = await stage.ok('runJob', ask('retention'));
    const done = await eventually(async () => {
      const { runs } = await stage.ok('listJobRuns', { ...ask('retention'), query: { limit: 1 } });
      return runs.find(({ id, status }) => id === run.id && status === 'done');
    });
    expect(done).toMatchObject({ requestedBy: 'operator:admin', summary: 'nothing to do', attempt: 1 });
    expect(await find('retention')).toMatchObject({ lastStatus: 'done' });
    const { events } = await stage.ok('listEvents', { query: { type: 'job_finished' } });
    expect(events[0]?.payload).toMatchObject({ jobId: 'retention', runId: run.id });
  });

  it('can be paused and resumed, but not changed or removed', async () => {
    expect((await stage.ok('pauseJob', ask('retention'))).job).toMatchObject({ enabled: false, nextRun: null });
    expect((await stage.ok('pauseJob', ask('retention'))).job).toMatchObject({ enabled: false });
    expect((await stage.ok('resumeJob', ask('retention'))).job).toMatchObject({ enabled: true });
    await stage.refusal('changeJob', 'job_is_built_in', { ...ask('retention'), body: { schedule: '@daily' } });
    await stage.refusal('removeJob', 'job_is_built_in', ask('retention'));
  });
});

describe('a schedule of an operator’s own', () => {
  it('is made, changed, run and removed', async () => {
    const { job } = await stage.ok('createJob', { body: weekly });
    expect(job).toMatchObject({ id: 'weekly', kind: 'own', catchUp: 'skip', createdBy: 'operator:admin' });
    expect(new Date(job.nextRun ?? '').getUTCDay()).toBe(1);
    await stage.refusal('createJob', 'job_exists', { body: weekly });
    const changed = await stage.ok('changeJob', { ...ask('weekly'), body: { schedule: '@daily', timeZone: 'UTC' } });
    expect(changed.job).toMatchObject({ schedule: '@daily', template });
    expect(changed.job.nextRun).toMatch(/T00:00:00/);
    await stage.ok('runJob', ask('weekly'));
    const sent = await eventually(async () => {
      const { events } = await stage.ok('listEvents', { query: { type: 'message_sent' } });
      return events[0];
    });
    expect(sent.payload).toMatchObject({ agentType: 'coo', from: 'operator:admin', message: template.message.message });
    await stage.ok('removeJob', ask('weekly'));
    expect(await find('weekly')).toBeUndefined();
  });

  it.each([
    ['schedule', { schedule: 'now and then' }],
    ['schedule', { schedule: '* * * * * *' }],
    ['timeZone', { timeZone: 'Berlin' }],
  ])('with a %s that cannot be kept is refused by name: %j', async (path, wrong) => {
    const { errors } = await stage.refusal('createJob', 'invalid_request', { body: { ...weekly, ...wrong } });
    expect(errors?.[0]?.path).toBe(path);
    await stage.refusal('createJob', 'invalid_request', { body: { ...weekly, id: 'Weekly!' } });
  });

  it('for an agent that is not there is refused', async () => {
    const nobody = { message: { ...template.message, agentType: 'intern' } };
    await stage.refusal('createJob', 'agent_not_found', { body: { ...weekly, template: nobody } });
    await stage.ok('createJob', { body: weekly });
    await stage.refusal('changeJob', 'agent_not_found', { ...ask('weekly'), body: { template: nobody } });
    await stage.ok('removeJob', ask('weekly'));
  });

  it('is kept a hundred times, and no more', async () => {
    for (let number = 0; number < 100; number += 1)
      await stage.ok('createJob', { body: { ...weekly, id: `job-${number}` } });
    await stage.refusal('createJob', 'jobs_full', { body: weekly });
  });
});

it('a job that is not there is not found', async () => {
  for (const name of ['removeJob', 'pauseJob', 'resumeJob', 'runJob', 'listJobRuns', 'changeJob'] as const) {
    await stage.refusal(name, 'job_not_found', { ...ask('nothing'), ...(name === 'changeJob' && { body: {} }) });
  }
});

closeBook('jobs-routes');
