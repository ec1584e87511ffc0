import { AppError } from '../../contracts/errors.ts';
import type { Job, JobChange, JobRun, JobTemplate, NewJob } from '../../contracts/job.ts';
import type { Actor, UnitOfWork, Work } from '../events/work.ts';
import { inBatches } from '../platform/batches.ts';
import type { Chance } from '../platform/identity.ts';
import { iso, isoOrNull } from '../platform/iso.ts';
import type { Postgres } from '../platform/postgres.ts';
import { refusalOf, slotsOf } from './rules.ts';
import {
  countOwnJobs,
  deleteJob,
  deleteRuns,
  findJob,
  findQueuedRun,
  insertJob,
  insertRun,
  type JobRow,
  listJobs,
  listRuns,
  lockJob,
  type RunRow,
  updateJob,
} from './store.ts';

export type JobService = ReturnType<typeof createJobService>;

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly chance: Chance;
  readonly isAgent: (name: string) => boolean;
}

/** Enough for any honest use, and the list stays one that can be shown. */
const ownMax = 100;

/** What operators see and wish of the scheduled jobs; runs.ts carries it out. */
export function createJobService({ postgres, unitOfWork, chance, isAgent }: Deps) {
  const { db } = postgres;

  function check(job: Pick<JobRow, 'schedule' | 'timeZone' | 'template'>, now: number): void {
    const issue = refusalOf(job.schedule, job.timeZone, now);
    if (issue) throw new AppError('invalid_request', `${issue.path}: ${issue.message}`, { issues: [issue] });
    const agentType = job.template && assigneeOf(job.template);
    if (agentType && !isAgent(agentType)) throw new AppError('agent_not_found', `There is no agent "${agentType}"`);
  }

  async function locked(work: Work, id: string): Promise<JobRow> {
    const row = await lockJob(work.tx, id);
    if (!row) throw new AppError('job_not_found', `There is no job ${id}`);
    return row;
  }

  async function lockedOwn(work: Work, id: string): Promise<JobRow> {
    const row = await locked(work, id);
    if (row.kind === 'own') return row;
    throw new AppError('job_is_built_in', `${id} is a job of the system: it can be paused, not changed or removed`);
  }

  async function switchTo(actor: Actor, id: string, enabled: boolean): Promise<Job> {
    return unitOfWork(async (work) => {
      const row = await locked(work, id);
      if (row.enabled === enabled) return toJob(row);
      // What fell into the pause is not made up for.
      const lastSlot = Math.max(row.lastSlot, work.now);
      const nextAt = slotsOf(row.schedule, row.timeZone).after(lastSlot) ?? null;
      const changed = await updateJob(work.tx, id, enabled ? { enabled, lastSlot, nextAt } : { enabled });
      work.append(actor, 'job_changed', { jobId: id, enabled });
      return toJob(changed);
    });
  }

  return {
    async list(): Promise<{ jobs: Job[] }> {
      return { jobs: (await listJobs(db)).map(toJob) };
    },

    create: (actor: Actor, job: NewJob): Promise<Job> =>
      unitOfWork(async (work) => {
        check(job, work.now);
        if ((await countOwnJobs(work.tx)) >= ownMax)
          throw new AppError('jobs_full', `There are ${ownMax} schedules already; no more are kept`);
        const row = { ...job, ...freshJob(job, work.now), kind: 'own' as const, createdBy: actor.name };
        if (!(await insertJob(work.tx, row))) throw new AppError('job_exists', `There is a job ${job.id} already`);
        work.append(actor, 'job_created', { jobId: job.id });
        return toJob(row);
      }),

    change: (actor: Actor, id: string, change: JobChange): Promise<Job> =>
      unitOfWork(async (work) => {
        const row = await lockedOwn(work, id);
        const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
        const changed: JobRow = { ...row, ...given };
        check(changed, work.now);
        // Another schedule begins now: its slots of before were never promised.
        const lastSlot = Math.max(row.lastSlot, work.now);
        const nextAt = slotsOf(changed.schedule, changed.timeZone).after(lastSlot) ?? null;
        work.append(actor, 'job_changed', { jobId: id, enabled: row.enabled });
        return toJob(await updateJob(work.tx, id, { ...given, lastSlot, nextAt }));
      }),

    remove: (actor: Actor, id: string): Promise<void> =>
      unitOfWork(async (work) => {
        await lockedOwn(work, id);
        await deleteJob(work.tx, id);
        work.append(actor, 'job_removed', { jobId: id });
      }),

    pause: (actor: Actor, id: string): Promise<Job> => switchTo(actor, id, false),
    resume: (actor: Actor, id: string): Promise<Job> => switchTo(actor, id, true),

    /** The run that waits now, be it new or one that waited already. */
    request: (actor: Actor, id: string): Promise<JobRun> =>
      unitOfWork(async (work) => {
        await locked(work, id);
        const waiting = await findQueuedRun(work.tx, id);
        if (waiting) return toRun(waiting);
        const row = freshRun({ id: chance.id('run'), jobId: id, queuedAt: work.now, requestedBy: actor.name });
        await insertRun(work.tx, row);
        return toRun(row);
      }),

    async runs(jobId: string, query: { before?: string | undefined; limit: number }): Promise<{ runs: JobRun[] }> {
      const runs = await listRuns(db, { jobId, ...query });
      if (runs.length === 0 && !(await findJob(db, jobId)))
        throw new AppError('job_not_found', `There is no job ${jobId}`);
      return { runs: runs.map(toRun) };
    },

    /** Removes runs that ended before; returns how many went. */
    forgetOld: (before: number, signal: AbortSignal): Promise<number> =>
      inBatches((limit) => deleteRuns(db, { before, limit }), signal),
  };
}

const assigneeOf = (template: JobTemplate): string =>
  'task' in template ? template.task.assignTo : template.message.agentType;

/** A job that has never run. */
export const freshJob = ({ schedule, timeZone }: Pick<JobRow, 'schedule' | 'timeZone'>, now: number) => ({
  enabled: true,
  lastSlot: now,
  nextAt: slotsOf(schedule, timeZone).after(now) ?? null,
  runId: null,
  failures: 0,
  lastRunAt: null,
  lastStatus: null,
  lastDurationMs: null,
  createdAt: now,
});

/** A run that waits. */
export const freshRun = (run: Pick<RunRow, 'id' | 'jobId' | 'queuedAt'> & Partial<RunRow>): RunRow => ({
  slot: null,
  requestedBy: null,
  status: 'queued',
  attempt: 1,
  replica: null,
  startedAt: null,
  finishedAt: null,
  durationMs: null,
  summary: null,
  ...run,
});

const toJob = (row: JobRow): Job => ({
  ...row,
  lastRun: isoOrNull(row.lastRunAt),
  nextRun: row.enabled ? isoOrNull(row.nextAt) : null,
});

const toRun = (row: RunRow): JobRun => ({
  ...row,
  slot: isoOrNull(row.slot),
  queuedAt: iso(row.queuedAt),
  startedAt: isoOrNull(row.startedAt),
  finishedAt: isoOrNull(row.finishedAt),
});
