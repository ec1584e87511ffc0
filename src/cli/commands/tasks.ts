import { Option } from '@commander-js/extra-typings';
import type { Answer } from '../../contracts/client.ts';
import { prioritySchema, taskStatusSchema } from '../../contracts/task.ts';
import { limitOption } from '../arguments.ts';
import type { Format } from '../text/screen.ts';
import { noteMore } from './more.ts';
import type { Register } from './register.ts';

type Task = Answer<'getTask'>;

/** `task add|ls|show|cancel`. */
export const addTaskCommands: Register = (program, open) => {
  const task = program.command('task').description('what agents have to do');
  task
    .command('add')
    .description('give an agent a task')
    .argument('<title>')
    .requiredOption('-t, --to <type>', 'who is to do it: a role, such as cmo')
    .option('-d, --description <text>', 'what there is to know about it', '')
    .addOption(
      new Option('-p, --priority <priority>', 'how soon it wakes the agent')
        .choices(prioritySchema.options)
        .default('normal' as const),
    )
    .action(async (title, { to, description, priority }) => {
      const { client, screen } = await open();
      const answer = await client.call('createTask', { body: { title, description, assignTo: to, priority } });
      screen.show(
        answer.task,
        ({ id, assignedTo }, { time }) => `${id} for ${assignedTo}, wakes it ${time(answer.task.wakeAt)}`,
      );
    });
  task
    .command('ls')
    .description('tasks, newest first')
    .addOption(new Option('-s, --status <status>').choices(taskStatusSchema.options))
    .option('-t, --to <type>', 'those of one role')
    .addOption(limitOption(50))
    .action(async ({ status, to, limit }) => {
      const { client, screen } = await open();
      const page = await client.call('listTasks', { query: { status, assignedTo: to, limit } });
      screen.show(page, ({ tasks }, format) => taskTable(tasks, format));
      noteMore(screen, page.tasks.length, page.total);
    });
  task
    .command('show')
    .description('one task')
    .argument('<id>')
    .action(async (id) => {
      const { client, screen } = await open();
      screen.show(await client.call('getTask', { params: { id } }), taskText);
    });
  task
    .command('cancel')
    .description('cancel a task that is not finished')
    .argument('<id>')
    .option('-r, --reason <text>', 'why; the agent is told', '')
    .action(async (id, { reason }) => {
      const { client, screen } = await open();
      const cancelled = await client.call('cancelTask', { params: { id }, body: { reason } });
      screen.show(cancelled, ({ status, title }) => `${id} is ${status}: ${title}`);
    });
};

const taskTable = (tasks: readonly Task[], { table }: Format): string =>
  table(
    [
      { head: 'TASK', cell: ({ id }) => id, kind: 'id' },
      { head: 'STATUS', cell: ({ status }) => status },
      { head: 'PRIORITY', cell: ({ priority }) => priority },
      { head: 'FOR', cell: ({ assignedTo }) => assignedTo },
      { head: 'TITLE', cell: ({ title }) => title, kind: 'text' },
    ],
    tasks,
  );

const taskText = (task: Task, { fields, paint, time }: Format): string =>
  fields([
    ['task', task.id],
    ['title', task.title],
    ['status', paint(task.status)],
    ['priority', task.priority],
    ['for', task.assignedTo],
    ['by', task.createdBy],
    ['created', time(task.createdAt)],
    ['wakes', task.status === 'pending' ? time(task.wakeAt) : null],
    ['claimed', task.attempts === 0 ? null : `${task.attempts} times`],
    ['completed', task.completedAt === null ? null : time(task.completedAt)],
    ['text', task.description],
    ['result', task.result],
  ]);
