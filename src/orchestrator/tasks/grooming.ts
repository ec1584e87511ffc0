import { system, type UnitOfWork, type Work } from '../events/work.ts';
import type { InboxService } from '../inbox/service.ts';
import type { SettingsService } from '../settings/service.ts';
import { type Candidate, type Grooming, groom } from './grooming-rules.ts';
import { isFinished } from './rules.ts';
import type { TaskService } from './service.ts';
import { lockTask, openTasks, updateTask } from './store.ts';

interface Deps {
  readonly unitOfWork: UnitOfWork;
  readonly tasks: TaskService;
  readonly inbox: InboxService;
  readonly settings: SettingsService;
  /** All roles; undefined in the place of a reader means that there is none to report to. */
  readonly candidates: () => Promise<readonly Candidate[]>;
  readonly reportTo: () => string | undefined;
}

/** Open tasks that are looked at, the eldest of them: to compare so many takes some 50 ms, in which nobody else is served. */
const openMax = 500;
/** Of one run, so that no transaction grows large; the rest is found an hour later. */
const changesMax = 200;

/** Keeps the backlog in order. Nothing is closed: what looks wrong is flagged, and the CEO is told. */
export function createGroomingService({ unitOfWork, tasks, inbox, settings, candidates, reportTo }: Deps) {
  async function change(work: Work, id: string, should: Grooming): Promise<boolean> {
    const row = await lockTask(work.tx, id);
    if (!row || isFinished(row.status)) return false;
    const { title, assignedTo } = row;
    const givenPriority = row.givenPriority ?? row.priority;
    await updateTask(work.tx, id, { ...should, flags: [...should.flags], givenPriority });
    work.append(system, 'task_groomed', { taskId: id, title, assignedTo, ...should, flags: [...should.flags] });
    return true;
  }

  return {
    /** All of a run and its report are one transaction: cut off in the middle it is as if it had not begun. */
    groom: async (signal: AbortSignal): Promise<Record<string, number>> => {
      const roles = await candidates();
      return unitOfWork(async (work) => {
        const wipLimit = await settings.read(work.tx, 'tasks.max_concurrent_per_agent');
        const returned = await tasks.returnBeyond(work, wipLimit);
        const open = await openTasks(work.tx, openMax);
        const wishes = [...groom(open, { candidates: roles, now: work.now })].slice(0, changesMax);
        const done: Grooming[] = [];
        for (const [id, should] of wishes) {
          signal.throwIfAborted();
          if (await change(work, id, should)) done.push(should);
        }
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
          await inbox.send(work, system, { to: reader, body: reportOf(counts), priority: 'low' });
        return counts;
      });
    },
  };
}

const reportOf = (counts: Readonly<Record<string, number>>): string => {
  const lines = Object.entries(counts).filter(([, count]) => count > 0);
  return `The backlog was groomed. ${lines.map(([what, count]) => `${what}: ${count}`).join('; ')}. Nothing was closed: look at the flagged tasks.`;
};
