import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.dispose());

const of = (runId: string) => ({ params: { runId } });
const begin = async (tasks: string[], models = ['rehearsal']) =>
  (await stage.ok('runBenchmark', { body: { models, tasks } })).runId;
const finished = (runId: string) =>
  eventually(async () => {
    const run = await stage.ok('getBenchmarkRun', of(runId));
    return run.status === 'finished' ? run : undefined;
  });

describe('the tasks', () => {
  it('are those of the folder, with what grades them', async () => {
    const { tasks, judge } = await eventually(async () => {
      const known = await stage.ok('listBenchmarkTasks');
      return known.codeRuns === 'process' ? known : undefined;
    });
    expect(tasks.map(({ id, grading }) => [id, grading])).toEqual([
      ['code-writing', 'code'],
      ['extraction', 'json'],
      ['german', 'exact'],
      ['instructions', 'rules'],
      ['reasoning', 'exact'],
      ['text-generation', 'rubric'],
    ]);
    expect(judge).toBeNull();
    const body = { value: 'rehearsal/rehearsal' };
    const params = { category: 'benchmark', key: 'judge_model' };
    await stage.ok('changeSetting', { params, body });
    expect((await stage.ok('listBenchmarkTasks')).judge).toBe('rehearsal/rehearsal');
    await stage.ok('changeSetting', { params, body: { value: null } });
    expect((await stage.ok('listBenchmarkTasks')).judge).toBeNull();
  });
});

describe('a run', () => {
  it('is answered with 202 at once, goes on by itself, and ends with results and answers', async () => {
    const told = await stage.ask('runBenchmark', {
      body: { models: ['rehearsal', 'nobody/knows'], tasks: ['reasoning', 'instructions', 'code-writing'] },
    });
    expect(told).toMatchObject({ status: 202, body: { runId: expect.stringMatching(/^bmr_/), status: 'running' } });
    const { runId } = told.body as { runId: string };
    const run = await finished(runId);
    expect(run).toMatchObject({ total: 38, done: 38, judge: null, createdBy: 'operator:admin' });
    expect(run.results.map(({ model, task, score, scored }) => [model, task, score, scored])).toEqual([
      ['rehearsal', 'reasoning', 0, 8],
      ['rehearsal', 'instructions', 0, 5],
      ['rehearsal', 'code-writing', 0, 6],
      ['nobody/knows', 'reasoning', null, 0],
      ['nobody/knows', 'instructions', null, 0],
      ['nobody/knows', 'code-writing', null, 0],
    ]);
    const query = { model: 'rehearsal', task: 'reasoning', limit: 3 };
    const { answers, total } = await stage.ok('listBenchmarkAnswers', { ...of(runId), query });
    expect(total).toBe(8);
    expect(answers.map(({ item, because }) => [item, because])).toEqual([
      ['counting', 'there is no line ANSWER: …'],
      ['discount', 'there is no line ANSWER: …'],
      ['letters', 'there is no line ANSWER: …'],
    ]);
    expect(answers[0]?.answer).toContain('[rehearsal]');
    const { runs } = await stage.ok('listBenchmarkRuns', { query: { limit: 1 } });
    expect(runs).toMatchObject([{ runId, status: 'finished', total: 38, done: 38 }]);
    const { events } = await stage.ok('listEvents', { query: { type: 'benchmark_finished' } });
    expect(events[0]).toMatchObject({ payload: { runId, status: 'finished', actor: 'system' } });
  });

  it('comes to the leaderboard with what was scored in full', async () => {
    await finished(await begin(['reasoning', 'text-generation']));
    const { entries, total } = await stage.ok('getLeaderboard');
    expect(total).toBe(1);
    expect(entries[0]).toMatchObject({ rank: 1, model: 'rehearsal', score: 0, costMicroUsd: 0 });
    expect(entries[0]?.tasks.map(({ task }) => task)).not.toContain('text-generation');
    expect((await stage.ok('getLeaderboard', { query: { offset: 1 } })).entries).toEqual([]);
  });

  it('is shown in the usage as the benchmark’s', async () => {
    const { usage } = await stage.ok('getUsage', { query: { groupBy: 'agent,model' } });
    expect(usage).toMatchObject([{ agent: 'benchmark', model: 'rehearsal/rehearsal' }]);
  });

  it.each([
    ['body.tasks.1', { models: ['rehearsal'], tasks: ['reasoning', 'juggling'] }],
    ['body.tasks', { models: ['rehearsal'], tasks: [] }],
    ['body.tasks', { models: ['rehearsal'], tasks: ['reasoning', 'reasoning'] }],
    ['body.models', { models: ['rehearsal', 'rehearsal'], tasks: ['reasoning'] }],
    ['body.models', { tasks: ['reasoning'] }],
    ['body.models.0', { models: [' '], tasks: ['reasoning'] }],
  ])('with %s wrong is refused by name, and nothing is begun', async (path, body) => {
    const before = (await stage.ok('listBenchmarkRuns')).total;
    const { errors } = await stage.refusal('runBenchmark', 'invalid_request', { body });
    expect(errors?.[0]?.path).toBe(path);
    expect((await stage.ok('listBenchmarkRuns')).total).toBe(before);
  });
});

describe('what is over, or was never there', () => {
  it('cannot be cancelled', async () => {
    const runId = await begin(['german']);
    await finished(runId);
    await stage.refusal('cancelBenchmark', 'benchmark_over', of(runId));
  });

  it('is not found', async () => {
    for (const name of ['getBenchmarkRun', 'listBenchmarkAnswers', 'cancelBenchmark'] as const)
      await stage.refusal(name, 'benchmark_not_found', of('bmr_01h455vb4pex5vsknk084sn02q'));
  });
});

describe('beside a provider that takes its time', () => {
  it('a run is cancelled in the middle; and ten are all that run at once', async () => {
    const slow = await openStage({ OLLAMA_BASE_URL: 'http://127.0.0.1:9', LLM_RETRY_MS: '60000' });
    try {
      const body = { models: ['ollama/llama'], tasks: ['reasoning'] };
      for (let count = 0; count < 10; count += 1) await slow.ok('runBenchmark', { body });
      await slow.refusal('runBenchmark', 'benchmarks_full', { body });
      const { runs } = await slow.ok('listBenchmarkRuns');
      const { run } = await slow.ok('cancelBenchmark', of(runs[0]?.runId ?? ''));
      expect(run).toMatchObject({ status: 'cancelled', total: 8, done: 8 });
      await slow.ok('runBenchmark', { body });
    } finally {
      await slow.dispose();
    }
  });
});

closeBook('benchmark-routes');
