import type { Answer } from '../../contracts/client.ts';
import { limitOption } from '../arguments.ts';
import { CliError, exitCodes } from '../failure.ts';
import { followBenchmark } from '../follow/benchmark.ts';
import { dollars } from '../text/amount.ts';
import type { Format } from '../text/screen.ts';
import type { Column } from '../text/table.ts';
import { noteMore } from './more.ts';
import type { Register } from './register.ts';

type Run = Answer<'listBenchmarkRuns'>['runs'][number];
type Result = Answer<'getBenchmarkRun'>['results'][number];
type Given = Answer<'listBenchmarkAnswers'>['answers'][number];
type Entry = Answer<'getLeaderboard'>['entries'][number];

/** `benchmark run|ls|show|answers|cancel|leaderboard|tasks`. */
export const addBenchmarkCommands: Register = (program, open) => {
  const benchmark = program.command('benchmark').description('which model is how good at what, how fast, for how much');
  addRun(benchmark, open);
  addLooking(benchmark, open);
  benchmark
    .command('cancel')
    .description('ask no further question; what is known stays')
    .argument('<run>')
    .action(async (runId) => {
      const { client, screen } = await open();
      const { run } = await client.call('cancelBenchmark', { params: { runId } });
      screen.show(run, ({ status }) => `${runId} is ${status}`);
    });
  benchmark
    .command('leaderboard')
    .description('the models by their scores over all runs')
    .addOption(limitOption(50))
    .action(async ({ limit }) => {
      const { client, screen } = await open();
      const page = await client.call('getLeaderboard', { query: { limit } });
      screen.show(page, ({ entries }, format) => leaderboardTable(entries, format));
      noteMore(screen, page.entries.length, page.total);
    });
};

const addRun: Register = (benchmark, open) => {
  benchmark
    .command('run')
    .description('put the questions of tasks to models, and wait for the results')
    .argument('<models...>', 'such as anthropic/claude-sonnet-5-5; rehearsal needs no key')
    .option('-t, --tasks <tasks>', 'with commas between; else all there are')
    .option('-d, --detach', 'do not wait: say which run it is, and end')
    .action(async (models, { tasks: wanted, detach }) => {
      const session = await open();
      const { client, screen } = session;
      const tasks = wanted?.split(',') ?? (await client.call('listBenchmarkTasks')).tasks.map(({ id }) => id);
      const begun = await client.call('runBenchmark', { body: { models, tasks } });
      if (detach) return screen.show(begun, ({ runId }) => `${runId} is running`);
      screen.note(`${begun.runId}: it goes on without you; boardroom benchmark cancel ends it`);
      const run = await followBenchmark(session, begun.runId);
      if (!run) return session.signal.throwIfAborted();
      screen.show(run, ({ results }, format) => resultTable(results, format));
      if (run.status === 'cancelled') throw new CliError(exitCodes.failed, `${run.runId} was cancelled`);
    });
};

const addLooking: Register = (benchmark, open) => {
  benchmark
    .command('ls')
    .description('the runs, newest first')
    .addOption(limitOption(20))
    .action(async ({ limit }) => {
      const { client, screen } = await open();
      const page = await client.call('listBenchmarkRuns', { query: { limit } });
      screen.show(page, ({ runs }, format) => runTable(runs, format));
      noteMore(screen, page.runs.length, page.total);
    });
  benchmark
    .command('show')
    .description('each model at each task, as far as it is known')
    .argument('<run>')
    .action(async (runId) => {
      const { client, screen } = await open();
      screen.show(await client.call('getBenchmarkRun', { params: { runId } }), runText);
    });
  benchmark
    .command('answers')
    .description('what a model answered, and what the answers were scored for')
    .argument('<run>')
    .option('-m, --model <model>')
    .option('-t, --task <task>')
    .addOption(limitOption(50))
    .action(async (runId, { model, task, limit }) => {
      const { client, screen } = await open();
      const page = await client.call('listBenchmarkAnswers', { params: { runId }, query: { model, task, limit } });
      screen.show(page, ({ answers }, format) => answers.map((answer) => answerText(answer, format)).join('\n\n'));
      noteMore(screen, page.answers.length, page.total);
    });
  benchmark
    .command('tasks', { isDefault: true })
    .description('what can be asked, and how answers are graded')
    .action(async () => {
      const { client, screen } = await open();
      screen.show(await client.call('listBenchmarkTasks'), ({ tasks, judge, codeRuns }, { table, fields }) =>
        [
          table(
            [
              { head: 'TASK', cell: ({ id }) => id, kind: 'id' },
              { head: 'QUESTIONS', cell: ({ items }) => items, align: 'right' },
              { head: 'GRADED BY', cell: ({ grading }) => grading },
              { head: 'WHAT', cell: ({ description }) => description, kind: 'text' },
            ],
            tasks,
          ),
          fields([
            ['judge', judge ?? 'none: texts are not scored (benchmark.judge_model)'],
            ['code runs as', codeRuns],
          ]),
        ].join('\n\n'),
      );
    });
};

const points = (score: number | null): string => (score === null ? '–' : (score * 100).toFixed(0));
const seconds = (ms: number | null): string => (ms === null ? '–' : `${(ms / 1_000).toFixed(2)} s`);

const measures: Column<Pick<Result, 'score' | 'firstTokenMs' | 'totalMs' | 'costMicroUsd'>>[] = [
  { head: 'SCORE', cell: ({ score }) => points(score), align: 'right' },
  { head: 'FIRST', cell: ({ firstTokenMs }) => seconds(firstTokenMs), align: 'right' },
  { head: 'TOTAL', cell: ({ totalMs }) => seconds(totalMs), align: 'right' },
  { head: 'COST', cell: ({ costMicroUsd }) => dollars(costMicroUsd), align: 'right' },
];

const resultTable = (results: readonly Result[], { table }: Format): string =>
  table(
    [
      { head: 'MODEL', cell: ({ model }) => model },
      { head: 'TASK', cell: ({ task }) => task },
      ...measures,
      { head: 'SCORED', cell: ({ scored, items }) => `${scored}/${items}`, align: 'right' },
      { head: 'ERROR', cell: ({ error }) => error ?? '', kind: 'text' },
    ],
    results,
  );

const leaderboardTable = (entries: readonly Entry[], { table, time }: Format): string =>
  table(
    [
      { head: '#', cell: ({ rank }) => rank, align: 'right' },
      { head: 'MODEL', cell: ({ model }) => model },
      ...measures,
      { head: 'TASKS', cell: ({ tasks }) => tasks.length, align: 'right' },
      { head: 'LAST RUN', cell: ({ lastRunAt }) => time(lastRunAt) },
    ],
    entries,
  );

const runTable = (runs: readonly Run[], { table, time }: Format): string =>
  table(
    [
      { head: 'RUN', cell: ({ runId }) => runId, kind: 'id' },
      { head: 'STATUS', cell: ({ status }) => status },
      { head: 'DONE', cell: ({ done, total }) => `${done}/${total}`, align: 'right' },
      { head: 'BEGUN', cell: ({ createdAt }) => time(createdAt) },
      { head: 'MODELS', cell: ({ models }) => models.join(', '), kind: 'text' },
    ],
    runs,
  );

const runText = ({ results, ...run }: Answer<'getBenchmarkRun'>, format: Format): string => {
  const head = format.fields([
    ['run', run.runId],
    ['status', format.paint(run.status)],
    ['done', `${run.done} of ${run.total}`],
    ['judge', run.judge],
    ['by', run.createdBy],
    ['begun', format.time(run.createdAt)],
    ['over', run.finishedAt === null ? null : format.time(run.finishedAt)],
  ]);
  return `${head}\n\n${resultTable(results, format)}`;
};

const answerText = ({ model, task, item, score, because, error, answer }: Given, { fields }: Format): string =>
  fields([
    ['question', `${task}/${item}`],
    ['model', model],
    ['score', points(score)],
    ['because', because],
    ['error', error],
    ['answer', answer],
  ]);
