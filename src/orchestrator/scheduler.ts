import type { Job } from '../contracts/job.ts';
import type { Actor } from './events/work.ts';
import type { JobDefinition, JobRuns, StartedRun } from './jobs/runs.ts';
import type { JobService } from './jobs/service.ts';
import type { Held, SessionLocks } from './platform/session-locks.ts';

/** Runs what is due. Every replica has one; a lock in Postgres and the job's row decide who runs a slot. */
export interface Scheduler {
  start(): void;
  /** Look at once. */
  wake(): void;
  /** Resolves when nothing of it runs any more; what was in the middle is taken over. */
  stop(): Promise<void>;
}

interface Deps {
  readonly runs: JobRuns;
  readonly definitions: readonly JobDefinition[];
  readonly locks: SessionLocks;
  /** Calls `tick` again and again, until the function that it returns is called. */
  readonly metronome: (tick: () => void) => () => void;
  readonly replica: string;
  readonly onError: (error: unknown) => void;
}

/** Of one replica: more only fight for the pool. */
const atOnceMax = 3;

export function createScheduler({ runs, definitions, locks, metronome, replica, onError }: Deps): Scheduler {
  const byId = new Map(definitions.map((definition) => [definition.id, definition]));
  const stopping = new AbortController();
  const atWork = new Map<string, Promise<void>>();
  let silence: (() => void) | undefined;
  let registered = false;
  let looking: Promise<void> | undefined;
  let lookAgain = false;

  async function look(): Promise<void> {
    // The database may be away at the start: it is tried at each tick.
    if (!registered) await runs.register(definitions);
    registered = true;
    for (const { id, kind } of await runs.toLookAt()) {
      if (stopping.signal.aborted || atWork.size >= atOnceMax) return;
      // A job of a newer version is left to the replicas that know it.
      if (!atWork.has(id) && (kind === 'own' || byId.has(id))) await take(id);
    }
  }

  async function take(id: string): Promise<void> {
    const held = await locks.tryLock(id);
    if (!held) return;
    try {
      const started = await runs.begin(id, replica);
      if (!started) return await held.release();
      const work = perform(started, held).finally(() => {
        atWork.delete(id);
        tick();
      });
      atWork.set(id, work);
    } catch (error) {
      await held.release();
      throw error;
    }
  }

  async function perform(started: StartedRun, held: Held): Promise<void> {
    const signal = AbortSignal.any([stopping.signal, held.lost]);
    try {
      await doIt(started, signal).catch(async (error: unknown) => {
        // Cut off in the middle it is left as it is, for whoever takes it over.
        if (signal.aborted) return;
        onError(error);
        await runs.fail(started, error instanceof Error ? error.message : String(error));
      });
      await held.release();
    } catch (error) {
      onError(error);
      await held.release().catch(onError);
    }
  }

  async function doIt(started: StartedRun, signal: AbortSignal): Promise<void> {
    const { template, id } = started.job;
    if (template) return runs.performOwn(started, template);
    const definition = byId.get(id);
    if (definition) await runs.finish(started, await definition.run({ signal }));
  }

  function tick(): void {
    lookAgain = true;
    if (stopping.signal.aborted) return;
    looking ??= lookUntilDone().finally(() => {
      looking = undefined;
    });
  }

  async function lookUntilDone(): Promise<void> {
    while (lookAgain && !stopping.signal.aborted) {
      lookAgain = false;
      await look().catch(onError);
    }
  }

  return {
    start() {
      silence ??= metronome(tick);
      tick();
    },
    wake: tick,
    async stop() {
      silence?.();
      stopping.abort();
      await looking;
      await Promise.all(atWork.values());
      await locks.close();
    },
  };
}

/** What is scheduled, with its last and its next run. */
export const getScheduledJobs = async (jobs: JobService): Promise<readonly Job[]> => (await jobs.list()).jobs;

/** Run no more by the clock, across restarts, until it is resumed. */
export const pauseJob = (jobs: JobService, actor: Actor, jobId: string): Promise<Job> => jobs.pause(actor, jobId);

/** From its next slot on; what fell into the pause is not made up for. */
export const resumeJob = (jobs: JobService, actor: Actor, jobId: string): Promise<Job> => jobs.resume(actor, jobId);
