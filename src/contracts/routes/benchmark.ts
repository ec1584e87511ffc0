import { z } from 'zod';
import {
  benchmarkAnswerSchema,
  benchmarkResultSchema,
  benchmarkRunSchema,
  benchmarkTaskIdSchema,
  benchmarkTaskSchema,
  leaderboardEntrySchema,
  newBenchmarkSchema,
} from '../benchmark.ts';
import { filledText, idOf } from '../primitives.ts';
import { route } from '../route.ts';
import { newestFirst, page, pageOf, succeeded } from './common.ts';

const runId = z.strictObject({ runId: idOf('bmr') });

/** Routes: which model is how good at what, how fast, and for how much. */
export const benchmarkRoutes = {
  runBenchmark: route({
    method: 'post',
    path: '/benchmark/run',
    summary: 'Put every question of these tasks to each of these models; goes on by itself until it is over',
    role: 'operator',
    body: newBenchmarkSchema,
    status: 202,
    response: z.object({ runId: idOf('bmr'), status: z.literal('running') }),
    errors: ['benchmarks_full'],
  }),
  listBenchmarkRuns: route({
    method: 'get',
    path: '/benchmark/runs',
    summary: 'The runs, newest first, with how far they are',
    role: 'viewer',
    query: z.strictObject(newestFirst('bmr')),
    response: pageOf({ runs: z.array(benchmarkRunSchema) }),
  }),
  getBenchmarkRun: route({
    method: 'get',
    path: '/benchmark/runs/:runId',
    summary: 'A run with the result of each model at each task, as far as it is known',
    role: 'viewer',
    params: runId,
    response: benchmarkRunSchema.extend({ results: z.array(benchmarkResultSchema) }),
    errors: ['benchmark_not_found'],
  }),
  listBenchmarkAnswers: route({
    method: 'get',
    path: '/benchmark/runs/:runId/answers',
    summary: 'What the models answered, and what each answer was scored for',
    role: 'viewer',
    params: runId,
    query: z.strictObject({ model: filledText(200).optional(), task: benchmarkTaskIdSchema.optional(), ...page }),
    response: pageOf({ answers: z.array(benchmarkAnswerSchema) }),
    errors: ['benchmark_not_found'],
  }),
  cancelBenchmark: route({
    method: 'post',
    path: '/benchmark/runs/:runId/cancel',
    summary: 'Ask no further question; what is under way is cut off. What is known stays',
    role: 'operator',
    params: runId,
    response: z.object({ ...succeeded, run: benchmarkRunSchema }),
    errors: ['benchmark_not_found', 'benchmark_over'],
  }),
  getLeaderboard: route({
    method: 'get',
    path: '/benchmark/leaderboard',
    summary: 'The models by their scores over all finished runs',
    role: 'viewer',
    query: z.strictObject(page),
    response: pageOf({ entries: z.array(leaderboardEntrySchema) }),
  }),
  listBenchmarkTasks: route({
    method: 'get',
    path: '/benchmark/tasks',
    summary: 'The tasks there are, how each is graded, and what grades',
    role: 'viewer',
    response: z.object({
      tasks: z.array(benchmarkTaskSchema),
      /** The judge of texts, by the setting `benchmark.judge_model`. */
      judge: z.string().nullable(),
      /** What confines the code that models write; null while it is not settled yet what runs things here. */
      codeRuns: z.enum(['docker', 'process']).nullable(),
    }),
  }),
} as const;
