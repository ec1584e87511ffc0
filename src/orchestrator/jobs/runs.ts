import type { CatchUp, JobTemplate } from '../../contracts/job.ts';
import { type Actor, system, type UnitOfWork, type Work } from '../events/work.ts';
import type { Clock } from '../platform/clock.ts';
import type { Chance } from '../platform/identity.ts';
import type { Postgres } from '../platform/postgres.ts';
import { dueOf, slotsOf } from './rules.ts';
import { freshJob, freshRun } from './service.ts';
import {
  closeJobRun,
  deleteSystemJobs,
  findQueuedRun,
  findRun,
  insertJob,
  insertRun,
  type JobRow,
  jobsToLookAt,
  lockJob,
  type RunRow,
  updateJob,
  updateRun,
} from './store.ts';

/** A job of the system. */
export interface JobDefinition {
  readonly id: string;
  readonly schedule: string;
  readonly description: string;
  readonly catchUp: CatchUp;
  /** May be run again from the begin after a death in the middle: what it did before it must find done. */
  run(context: { readonly signal: AbortSignal }): Promise<JobOutcome>;
}

export interface JobOutcome {
  readonly summary: string;
  /** False where there was nothing to do: the run is on record, and no event is made of it. */
  readonly changed: boolean;
}

/** A run that this replica is at, and the job as it was at its begin. */
export interface StartedRun {
  readonly job: JobRow;
  readonly run: RunRow;
}

export interface JobRuns {
  /** Makes these the system's jobs; what operators paused stays paused. */
  register(definitions: readonly JobDefinition[]): Promise<void>;
  toLookAt(): Promise<readonly Pick<JobRow, 'id' | 'kind'>[]>;
  /** For whoever holds the job's lock: the run to do now, be it due, asked for, or left behind by a replica that died. */
  begin(jobId: string, replica: string): Promise<StartedRun | undefined>;
  /** Does what an operator's own schedule says, and ends its run, in one transaction. */
  performOwn(started: StartedRun, template: JobTemplate): Promise<void>;
  finish(started: StartedRun, outcome: JobOutcome): Promise<void>;
  fail(started: StartedRun, reason: string): Promise<void>;
}

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly chance: Chance;
  /** What a schedule of an operator's does; returns what it did, in words. */
  readonly apply: (work: Work, actor: Actor, template: JobTemplate) => Promise<string>;
}

/** So many replicas may die at one run. */
const attemptsMax = 5;
const summaryCharactersMax = 2_000;

export function createJobRuns({ postgres, unitOfWork, clock, chance, apply }: Deps): JobRuns {
  async function keep(work: Work, definition: JobDefinition): Promise<void> {
    const { id, schedule, description, catchUp } = definition;
    const place = { schedule, timeZone: 'UTC', description, catchUp };
    const fresh = {
      ...place,
      ...freshJob(place, work.now),
      id,
      kind: 'system' as const,
      template: null,
      createdBy: system.name,
    };
    if (await insertJob(work.tx, fresh)) return;
    const row = await lockJob(work.tx, id);
    if (!row || (row.schedule === schedule && row.description === description && row.catchUp === catchUp)) return;
    await updateJob(work.tx, id, { ...place, nextAt: slotsOf(schedule, 'UTC').after(row.lastSlot) ?? null });
  }

  const begun = async (work: Work, job: JobRow, run: RunRow): Promise<StartedRun> => {
    await updateJob(work.tx, job.id, { runId: run.id });
    return { job, run };
  };

  async function takeOver(work: Work, job: JobRow, replica: string): Promise<StartedRun | undefined> {
    const left = job.runId === null ? undefined : await findRun(work.tx, job.runId);
    if (left?.status !== 'running') {
      await updateJob(work.tx, job.id, { runId: null });
      return undefined;
    }
    if (left.attempt >= attemptsMax) {
      await end(
        work,
        { job, run: left },
        { status: 'failed', summary: `${attemptsMax} replicas died at it`, changed: true },
      );
      return undefined;
    }
    const change = { attempt: left.attempt + 1, replica, startedAt: work.now };
    await updateRun(work.tx, left, change);
    return { job, run: { ...left, ...change } };
  }

  async function end(
    work: Work,
    { job, run }: StartedRun,
    { status, summary, changed }: JobOutcome & { status: 'done' | 'failed' },
  ): Promise<void> {
    const durationMs = Math.max(0, work.now - (run.startedAt ?? work.now));
    const shown = summary.slice(0, summaryCharactersMax);
    // False: another replica took it over, because it believed us dead; the end is its to tell.
    if (!(await updateRun(work.tx, run, { status, finishedAt: work.now, durationMs, summary: shown }))) return;
    const failures = status === 'failed' ? job.failures + 1 : 0;
    await closeJobRun(work.tx, run.id, {
      failures,
      lastStatus: status,
      lastDurationMs: durationMs,
      lastRunAt: run.startedAt,
    });
    const told = { jobId: job.id, runId: run.id };
    const asked = run.requestedBy !== null;
    // A job that fails every minute is told of once, until it recovers.
    if (status === 'failed' && (asked || failures === 1))
      work.append(system, 'job_failed', { ...told, reason: shown, failures });
    if (status === 'done' && (asked || changed || job.failures > 0))
      work.append(system, 'job_finished', { ...told, summary: shown, durationMs });
  }

  return {
    register: (definitions) =>
      unitOfWork(async (work) => {
        for (const definition of definitions) await keep(work, definition);
        await deleteSystemJobs(
          work.tx,
          definitions.map(({ id }) => id),
        );
      }),

    toLookAt: () => jobsToLookAt(postgres.db, clock.now()),

    begin: (jobId, replica) =>
      unitOfWork(async (work) => {
        const job = await lockJob(work.tx, jobId);
        if (!job) return undefined;
        if (job.runId !== null) return takeOver(work, job, replica);
        const running = { status: 'running' as const, replica, startedAt: work.now };
        const queued = await findQueuedRun(work.tx, jobId);
        if (queued) {
          await updateRun(work.tx, queued, running);
          return begun(work, job, { ...queued, ...running });
        }
        if (!job.enabled || job.nextAt === null || job.nextAt > work.now) return undefined;
        const { slot, lastSlot, nextAt } = dueOf(slotsOf(job.schedule, job.timeZone), job, work.now);
        await updateJob(work.tx, jobId, { lastSlot, nextAt });
        if (slot === undefined) return undefined;
        const run = { ...freshRun({ id: chance.id('run'), jobId, queuedAt: work.now, slot }), ...running };
        return (await insertRun(work.tx, run)) ? begun(work, job, run) : undefined;
      }),

    performOwn: (started, template) =>
      unitOfWork(async (work) => {
        // Asked anew under the lock: an operator may have removed the job, or another replica finished the run.
        const job = await lockJob(work.tx, started.job.id);
        if (job?.runId !== started.run.id) return;
        const run = await findRun(work.tx, started.run.id);
        if (run?.attempt !== started.run.attempt) return;
        const summary = await apply(work, { name: job.createdBy, agentId: null }, template);
        await end(work, started, { status: 'done', summary, changed: true });
      }),

    finish: (started, outcome) => unitOfWork((work) => end(work, started, { ...outcome, status: 'done' })),

    fail: (started, reason) =>
      unitOfWork((work) => end(work, started, { status: 'failed', summary: reason, changed: true })),
  };
}
