import { z } from 'zod';
import { jobChangeSchema, jobIdSchema, jobRunSchema, jobSchema, newJobSchema } from '../job.ts';
import { idOf, limitQuery } from '../primitives.ts';
import { route } from '../route.ts';
import { succeeded } from './common.ts';

const jobId = z.strictObject({ id: jobIdSchema });
const job = z.object({ ...succeeded, job: jobSchema });

/** Routes: maintenance, and what operators have done by the clock. */
export const jobsRoutes = {
  listJobs: route({
    method: 'get',
    path: '/scheduler/jobs',
    summary: 'Every scheduled job with its last and its next run',
    role: 'viewer',
    response: z.object({ jobs: z.array(jobSchema) }),
  }),
  createJob: route({
    method: 'post',
    path: '/scheduler/jobs',
    summary: 'Give an agent a task or a message by the clock',
    role: 'operator',
    body: newJobSchema,
    status: 201,
    response: job,
    errors: ['job_exists', 'jobs_full', 'agent_not_found'],
  }),
  changeJob: route({
    method: 'post',
    path: '/scheduler/jobs/:id',
    summary: 'Change a schedule of an operator’s own',
    role: 'operator',
    params: jobId,
    body: jobChangeSchema,
    response: job,
    errors: ['job_not_found', 'job_is_built_in', 'agent_not_found'],
  }),
  removeJob: route({
    method: 'delete',
    path: '/scheduler/jobs/:id',
    summary: 'Remove a schedule of an operator’s own',
    role: 'operator',
    params: jobId,
    response: z.object(succeeded),
    errors: ['job_not_found', 'job_is_built_in'],
  }),
  pauseJob: route({
    method: 'post',
    path: '/scheduler/jobs/:id/pause',
    summary: 'Run it no more by the clock, restarts included, until it is resumed',
    role: 'operator',
    params: jobId,
    response: job,
    errors: ['job_not_found'],
  }),
  resumeJob: route({
    method: 'post',
    path: '/scheduler/jobs/:id/resume',
    summary: 'Run it by the clock again, from its next slot on',
    role: 'operator',
    params: jobId,
    response: job,
    errors: ['job_not_found'],
  }),
  runJob: route({
    method: 'post',
    path: '/scheduler/jobs/:id/run',
    summary: 'Run it now, paused or not; a run that waits already is not doubled',
    role: 'operator',
    params: jobId,
    response: z.object({ ...succeeded, run: jobRunSchema }),
    errors: ['job_not_found'],
  }),
  listJobRuns: route({
    method: 'get',
    path: '/scheduler/jobs/:id/runs',
    summary: 'What came of its runs, newest first; before goes on behind the last id of a page',
    role: 'viewer',
    params: jobId,
    query: z.strictObject({ limit: limitQuery(50), before: idOf('run').optional() }),
    response: z.object({ runs: z.array(jobRunSchema) }),
    errors: ['job_not_found'],
  }),
} as const;
