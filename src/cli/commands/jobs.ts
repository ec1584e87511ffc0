import { Option } from '@commander-js/extra-typings';
import type { Answer } from '../../contracts/client.ts';
import { catchUpSchema, type JobTemplate } from '../../contracts/job.ts';
import { limitOption } from '../arguments.ts';
import { CliError, exitCodes } from '../failure.ts';
import type { Format } from '../text/screen.ts';
import type { Register } from './register.ts';

type Job = Answer<'listJobs'>['jobs'][number];
type Run = Answer<'listJobRuns'>['runs'][number];

/** `jobs ls|runs|run|pause|resume|add|rm`. */
export const addJobCommands: Register = (program, open) => {
  const jobs = program.command('jobs').description('what is done by the clock');
  jobs
    .command('ls', { isDefault: true })
    .description('every job with its last and its next run')
    .action(async () => {
      const { client, screen } = await open();
      screen.show(await client.call('listJobs'), ({ jobs: all }, format) => jobTable(all, format));
    });
  jobs
    .command('runs')
    .description('what came of a job’s runs, newest first')
    .argument('<id>')
    .addOption(limitOption(20))
    .action(async (id, { limit }) => {
      const { client, screen } = await open();
      const answer = await client.call('listJobRuns', { params: { id }, query: { limit } });
      screen.show(answer, ({ runs }, format) => runTable(runs, format));
    });
  jobs
    .command('run')
    .description('run a job now, paused or not')
    .argument('<id>')
    .action(async (id) => {
      const { client, screen } = await open();
      const { run } = await client.call('runJob', { params: { id } });
      screen.show(run, (asked) => `${asked.jobId} will run at once (${asked.id})`);
    });
  addSwitches(jobs, open);
  addOwnJobs(jobs, open);
};

const addSwitches: Register = (jobs, open) => {
  jobs
    .command('pause')
    .description('run it no more by the clock, until it is resumed')
    .argument('<id>')
    .action(async (id) => {
      const { client, screen } = await open();
      const { job } = await client.call('pauseJob', { params: { id } });
      screen.show(job, (paused) => `${paused.id} is paused`);
    });
  jobs
    .command('resume')
    .description('run it by the clock again; what fell into the pause is not made up for')
    .argument('<id>')
    .action(async (id) => {
      const { client, screen } = await open();
      const { job } = await client.call('resumeJob', { params: { id } });
      screen.show(job, (resumed, format) => `${resumed.id} runs ${nextRun(resumed, format)}`);
    });
};

const addOwnJobs: Register = (jobs, open) => {
  jobs
    .command('add')
    .description('give an agent a task or a message by the clock')
    .argument('<id>', 'a name of your own, such as weekly-figures')
    .requiredOption('-c, --cron <fields>', 'when: five fields such as "0 9 * * 1", or @daily')
    .requiredOption('-t, --to <type>', 'for whom: a role, such as cfo')
    .option('--task <title>', 'the task to give')
    .option('--message <text>', 'the message to send')
    .option('-z, --time-zone <zone>', 'where the clock hangs, such as Europe/Berlin', 'UTC')
    .option('-d, --description <text>', 'what it is for', '')
    .addOption(
      new Option('--catch-up <rule>', 'for times at which nothing ran')
        .choices(catchUpSchema.options)
        .default('skip' as const),
    )
    .action(async (id, { cron, to, task, message, timeZone, description, catchUp }) => {
      const { client, screen } = await open();
      const template = templateOf(to, { task, message });
      const body = { id, schedule: cron, timeZone, description, catchUp, template };
      const { job } = await client.call('createJob', { body });
      screen.show(job, (made, format) => `${made.id} runs ${nextRun(made, format)}`);
    });
  jobs
    .command('rm')
    .description('remove a schedule of your own')
    .argument('<id>')
    .action(async (id) => {
      const { client, screen } = await open();
      screen.show(await client.call('removeJob', { params: { id } }), () => `${id} is removed`);
    });
};

function templateOf(to: string, given: { task: string | undefined; message: string | undefined }): JobTemplate {
  const { task, message } = given;
  if (task !== undefined && message === undefined)
    return { task: { title: task, description: '', assignTo: to, priority: 'normal' } };
  if (message !== undefined && task === undefined) return { message: { agentType: to, message, priority: 'normal' } };
  throw new CliError(exitCodes.usage, 'Say either --task or --message');
}

const nextRun = ({ nextRun: at }: Job, { time }: Format): string => (at === null ? 'no more' : time(at));

const jobTable = (jobs: readonly Job[], format: Format): string =>
  format.table(
    [
      { head: 'JOB', cell: ({ id }) => id, kind: 'id' },
      { head: 'SCHEDULE', cell: ({ schedule }) => schedule },
      { head: 'LAST', cell: ({ lastRun }) => (lastRun === null ? '-' : format.time(lastRun)) },
      { head: 'CAME TO', cell: ({ lastStatus }) => (lastStatus === null ? '-' : format.paint(lastStatus)) },
      { head: 'NEXT', cell: (job) => (job.enabled ? nextRun(job, format) : format.paint('paused')) },
    ],
    jobs,
  );

const runTable = (runs: readonly Run[], { table, time, paint }: Format): string =>
  table(
    [
      { head: 'BEGAN', cell: ({ startedAt, queuedAt }) => time(startedAt ?? queuedAt) },
      { head: 'CAME TO', cell: ({ status }) => paint(status) },
      { head: 'MS', cell: ({ durationMs }) => durationMs ?? '-', align: 'right' },
      { head: 'SUMMARY', cell: ({ summary }) => summary ?? '', kind: 'text' },
    ],
    runs,
  );
