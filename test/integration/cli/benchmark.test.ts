import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliPlace, runCli, startCli, startCliAtTerminal } from '../../support/cli.ts';
import { eventually } from '../../support/eventually.ts';
import { type FakeLlm, startFakeLlm } from '../../support/fake-llm.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
let llm: FakeLlm;
let place: CliPlace;
beforeAll(async () => {
  llm = await startFakeLlm('openai');
  stage = await openStage({ CUSTOM_LLM_BASE_URL: llm.url });
  place = { environment: { BOARDROOM_API_URL: stage.url, BOARDROOM_KEY: stage.keys.admin } };
});
afterAll(async () => {
  await stage.dispose();
  await llm.close();
});

const boardroom = (...words: string[]) => runCli(['benchmark', ...words], place);
async function done(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await boardroom(...words);
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr });
  return stdout;
}
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers that the contract checks elsewhere
const json = async (...words: string[]): Promise<any> => JSON.parse(await done(...words, '--json'));

describe('benchmark run', () => {
  it('waits for the results; how far it is goes beside them', async () => {
    const { code, stdout, stderr } = await boardroom('run', 'rehearsal', 'no-such', '--tasks', 'reasoning,german');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^rehearsal +reasoning +0 +\d+\.\d\d s +\d+\.\d\d s +\$0\.00 +8\/8/m);
    expect(stdout).toMatch(/^no-such +german +– .* 0\/8 +"no-such" is not a model/m);
    expect(stdout).not.toContain('%');
    expect(stderr).toMatch(/^bmr_\w+: it goes on without you; .*\n(\d?0 %\n)*100 %\n$/);
  });

  it('takes all the tasks there are where none is named, and prints one JSON document', async () => {
    const { code, stdout, stderr } = await boardroom('run', 'rehearsal', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { status, results } = JSON.parse(stdout);
    expect([status, results.length]).toEqual(['finished', 6]);
  });

  it('does not wait when it is told so; the run is listed, shown and cancelled', async () => {
    llm.otherwise(() => ({ kind: 'hang' }));
    const { runId } = await json('run', 'custom/slow', '--tasks', 'reasoning', '--detach');
    expect(await done('ls', '-n', '1')).toMatch(new RegExp(`^${runId} +running +0/8 .*custom/slow$`, 'm'));
    expect(await done('show', runId)).toMatch(/^custom\/slow +reasoning +– +– +– +\$0\.00 +0\/8/m);
    expect(await done('cancel', runId)).toBe(`${runId} is cancelled\n`);
    expect(await boardroom('cancel', runId)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is cancelled'),
    });
    expect(await json('show', runId)).toMatchObject({ status: 'cancelled', done: 8 });
  });

  it('fails when somebody else cancels it', async () => {
    llm.otherwise(() => ({ kind: 'hang' }));
    const running = startCli(['benchmark', 'run', 'custom/slow', '--tasks', 'reasoning'], place);
    await running.untilSaid(/^bmr_\w+/);
    await done('cancel', /^bmr_\w+/.exec(running.stderr())?.[0] ?? '');
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('was cancelled');
  });

  it('ends with Ctrl-C, and the run goes on', async () => {
    llm.otherwise(() => ({ kind: 'hang' }));
    const running = startCli(['benchmark', 'run', 'custom/slow', '--tasks', 'german'], place);
    await running.untilSaid(/^0 %$/m);
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    const { runs } = await json('ls');
    expect(runs[0]).toMatchObject({ status: 'running', tasks: ['german'] });
    await done('cancel', runs[0].runId);
  });

  it('draws a bar at a terminal, within its width', async () => {
    llm.otherwise(() => ({ kind: 'answer', text: 'ANSWER: 1' }));
    const running = startCliAtTerminal(['benchmark', 'run', 'custom/quick', '--tasks', 'german'], place);
    const { stdout } = await running.ended;
    const bars = stdout.split(/[\r\n]/).filter((line) => /[█░]/.test(line));
    expect(bars.at(-1)).toContain(`${'█'.repeat(40)} 8 of 8`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what clears the line is part of it
    for (const bar of bars) expect(bar.replace(/\u001b\[K/g, '').length).toBeLessThanOrEqual(80);
  });

  it('of nothing, or of what is not there, says what there is', async () => {
    expect(await boardroom('run')).toMatchObject({ code: 2 });
    const { code, stderr } = await boardroom('run', 'rehearsal', '--tasks', 'juggling');
    expect(code).toBe(1);
    expect(stderr).toContain('there are: code-writing, extraction, german, instructions, reasoning, text-generation');
  });
});

describe('what is known', () => {
  it('is told of tasks, answers and the leaderboard', async () => {
    expect(await done('tasks')).toMatch(/^code-writing +6 +code +JavaScript functions/m);
    expect(await done('tasks')).toMatch(/^judge +none: texts are not scored/m);
    const { runId } = await json('run', 'rehearsal', '--tasks', 'german');
    const text = await done('answers', runId, '--model', 'rehearsal', '-n', '1');
    expect(text).toMatch(/^question +german\/case\nmodel +rehearsal\nscore +0\nbecause +there is no line ANSWER/m);
    const board = await eventually(() => done('leaderboard'));
    expect(board).toMatch(/^ *1 +rehearsal +\d+ +\d+\.\d\d s .* 5 +\d{4}-/m);
    expect((await json('leaderboard')).entries[0]).toMatchObject({ rank: 1, model: 'rehearsal' });
  });
});
