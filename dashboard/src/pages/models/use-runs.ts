import { useQuery } from '@tanstack/react-query';
import { routeQuery } from '../../api/queries.ts';

/** Each answer of a run is no event: while one goes on, how far it is has to be asked for. */
const askMs = 4_000;

export const useRunningRuns = (limit: number) =>
  useQuery({
    ...routeQuery('listBenchmarkRuns', { query: { limit } }),
    refetchInterval: ({ state }) => state.data?.runs.some(({ status }) => status === 'running') === true && askMs,
  });

export const useRun = (runId: string) =>
  useQuery({
    ...routeQuery('getBenchmarkRun', { params: { runId } }),
    refetchInterval: ({ state }) => state.data?.status === 'running' && askMs,
  });
