import { system, type UnitOfWork, type Work } from '../events/work.ts';
import type { InboxService } from '../inbox/service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { SettingsService } from '../settings/service.ts';
import {
  alikeAmongThese,
  type Candidate,
  type Grooming,
  groom,
  isSettled,
  type OpenTask,
  uncertain,
} from './grooming-rules.ts';
import { alikeBefore, comparesTasks, markCompared, openAmong, openTasks } from './grooming-store.ts';
import { isFinished } from './rules.ts';
import type { TaskService } from './service.ts';
import { lockTask, updateTask } from './store.ts';

interface Deps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly unitOfWork: UnitOfWork;
  readonly tasks: TaskService;
  readonly inbox: InboxService;
  readonly settings: SettingsService;
  /** All roles; undefined in the place of a reader means that there is none to report to. */
  readonly candidates: () => Promise<readonly Candidate[]>;
  readonly reportTo: () => string | undefined;
}

/** Changed in one transaction: what it changes is held for a tenth of a second at most. */
const pageSize = 200;

/** Keeps the backlog in order. Nothing is closed: what looks wrong is flagged, and the CEO is told. */
export function createGroomingService(deps: Deps) {
  const { unitOfWork, clock, tasks, inbox, settings, candidates, reportTo } = deps;
  const { db } = deps.postgres;

  async function change(work: Work, id: string, should: Grooming): Promise<boolean> {
    const row = await lockTask(work.tx, id);
    if (!row || isFinished(row.status)) return false;
    const { title, assignedTo } = row;
    const givenPriority = row.givenPriority ?? row.priority;
    await updateTask(work.tx, id, { ...should, flags: [...should.flags], givenPriority });
    work.append(system, 'task_groomed', { taskId: id, title, assignedTo, ...should, flags: [...should.flags] });
    return true;
  }

  /** What is alike is looked up beforehand, outside of any transaction: nothing is held meanwhile. */
  async function look(open: readonly OpenTask[], now: number) {
    const linked = open.flatMap(({ duplicateOf }) => duplicateOf ?? []);
    const asked = uncertain(open, await openAmong(db, linked));
    if (!(await comparesTasks(db))) return { alike: alikeAmongThese(open), compared: [] };
    const ids = asked.map(({ id }) => id);
    const compared = asked.filter((task) => !task.compared && isSettled(task, now)).map(({ id }) => id);
    return { alike: await alikeBefore(db, ids), compared };
  }

  /** Each page is a transaction: cut off in the middle, what was done stands, and the next run finds it done. */
  async function groomPage(open: readonly OpenTask[], roles: readonly Candidate[]): Promise<Grooming[]> {
    const now = clock.now();
    const { alike, compared } = await look(open, now);
    return unitOfWork(async (work) => {
      const done: Grooming[] = [];
      for (const [id, should] of groom(open, { candidates: roles, alike, now }))
        if (await change(work, id, should)) done.push(should);
      await markCompared(work.tx, compared);
      return done;
    });
  }

  /** Page by page, however many there are. */
  async function groomAll(roles: readonly Candidate[], signal: AbortSignal): Promise<Grooming[]> {
    const done: Grooming[] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      signal.throwIfAborted();
      const open: OpenTask[] = await openTasks(db, { after, limit: pageSize });
      done.push(...(await groomPage(open, roles)));
      after = open.length < pageSize ? undefined : open.at(-1)?.id;
    }
    return done;
  }

  return {
    groom: async (signal: AbortSignal): Promise<Record<string, number>> => {
      const returned = await unitOfWork(async (work) =>
        tasks.returnBeyond(work, await settings.read(work.tx, 'tasks.max_concurrent_per_agent')),
      );
      const done = await groomAll(await candidates(), signal);
      const flagged = (flag: Grooming['flags'][number]) => done.filter(({ flags }) => flags.includes(flag)).length;
      const counts = {
        'tasks groomed': done.length,
        overdue: flagged('overdue'),
        stale: flagged('stale'),
        'likely duplicates': flagged('likely_duplicate'),
        'without anybody to do them': flagged('unassigned'),
        'beyond the limit of an agent, returned to the queue': returned,
      };
      const reader = reportTo();
      if (reader !== undefined && done.length + returned > 0)
        await unitOfWork((work) => inbox.send(work, system, { to: reader, body: reportOf(counts), priority: 'low' }));
      return counts;
    },
  };
}

const reportOf = (counts: Readonly<Record<string, number>>): string => {
  const lines = Object.entries(counts).filter(([, count]) => count > 0);
  return `The backlog was groomed. ${lines.map(([what, count]) => `${what}: ${count}`).join('; ')}. Nothing was closed: look at the flagged tasks.`;
};
