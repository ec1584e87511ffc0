import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import { actorOf } from '../keys/service.ts';
import { getScheduledJobs, pauseJob, resumeJob } from '../scheduler.ts';
import type { JobService } from './service.ts';

type JobRoutes = Pick<
  Routes,
  'listJobs' | 'createJob' | 'changeJob' | 'removeJob' | 'pauseJob' | 'resumeJob' | 'runJob' | 'listJobRuns'
>;

/** `wake` has this replica look at once for what is to be run. */
export const createJobHandlers = (jobs: JobService, wake: () => void): Handlers<JobRoutes> => ({
  listJobs: async () => ({ jobs: [...(await getScheduledJobs(jobs))] }),
  createJob: async ({ body, caller }) => ({ success: true, job: await jobs.create(actorOf(caller), body) }),
  changeJob: async ({ params, body, caller }) => ({
    success: true,
    job: await jobs.change(actorOf(caller), params.id, body),
  }),
  removeJob: async ({ params, caller }) => {
    await jobs.remove(actorOf(caller), params.id);
    return { success: true };
  },
  pauseJob: async ({ params, caller }) => ({ success: true, job: await pauseJob(jobs, actorOf(caller), params.id) }),
  resumeJob: async ({ params, caller }) => ({ success: true, job: await resumeJob(jobs, actorOf(caller), params.id) }),
  runJob: async ({ params, caller }) => {
    const run = await jobs.request(actorOf(caller), params.id);
    wake();
    return { success: true, run };
  },
  listJobRuns: ({ params, query }) => jobs.runs(params.id, query),
});
