import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import { actorOf } from '../keys/service.ts';
import type { Benchmarks } from './benchmarks.ts';

type BenchmarkRoutes = Pick<
  Routes,
  | 'runBenchmark'
  | 'listBenchmarkRuns'
  | 'getBenchmarkRun'
  | 'listBenchmarkAnswers'
  | 'cancelBenchmark'
  | 'getLeaderboard'
  | 'listBenchmarkTasks'
>;

export const createBenchmarkHandlers = ({ service, codeRuns }: Benchmarks): Handlers<BenchmarkRoutes> => ({
  runBenchmark: ({ body, caller }) => service.begin(actorOf(caller), body),
  listBenchmarkRuns: ({ query }) => service.list(query),
  getBenchmarkRun: ({ params }) => service.show(params.runId),
  listBenchmarkAnswers: ({ params, query }) => service.answers(params.runId, query),
  cancelBenchmark: async ({ params, caller }) => ({
    success: true,
    run: await service.cancel(actorOf(caller), params.runId),
  }),
  getLeaderboard: ({ query }) => service.leaderboard(query),
  listBenchmarkTasks: async () => ({ ...(await service.tasks()), codeRuns: codeRuns() }),
});
