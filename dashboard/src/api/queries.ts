import {
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  queryOptions,
  useMutation,
  useQuery,
} from '@tanstack/react-query';
import type { Answer, CallArguments, JsonRouteName } from '../../../src/contracts/client.ts';
import { useNotices } from '../parts/notices.tsx';
import { callRoute, isSignedOut, mayPass } from './client.ts';
import { touchedByCall } from './freshness.ts';

const attemptsMax = 4;

/** `onSignedOut`: a call was refused because nobody is signed in any more. */
export function createQueries(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (isSignedOut(error)) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // Events say what has changed; this is for what no event tells.
        staleTime: 30_000,
        retry: (failures, error) => mayPass(error) && failures < attemptsMax,
        placeholderData: keepPreviousData,
      },
      // Whoever acted decides whether to try again.
      mutations: { retry: false },
    },
  });
}

/** One route's answer as a query, under the route's name and what it was asked with. */
export const routeQuery = <N extends JsonRouteName>(name: N, ...input: CallArguments<N>) =>
  queryOptions<Answer<N>>({
    queryKey: [name, ...input],
    queryFn: ({ signal }) => callRoute(name, { ...input[0], signal }),
  });

export const useRoute = <N extends JsonRouteName>(name: N, ...input: CallArguments<N>) =>
  useQuery(routeQuery(name, ...input));

interface ActionOptions<N extends JsonRouteName> {
  /** What to say when it is done; undefined: the page shows it well enough. */
  readonly done?: (answer: Answer<N>) => string;
  readonly onDone?: (answer: Answer<N>) => void;
}

/** A call that changes something: its outcome or its error is shown in words, and what it has changed is read anew. */
export function useAction<N extends JsonRouteName>(name: N, { done, onDone }: ActionOptions<N> = {}) {
  const notices = useNotices();
  return useMutation({
    mutationFn: (input: CallArguments<N>[0]) => callRoute(name, input),
    onSuccess: async (answer, _input, _shown, { client: queries }) => {
      if (done) notices.say(done(answer));
      onDone?.(answer);
      await queries.invalidateQueries({ predicate: ({ queryKey }) => touchedByCall(name).has(String(queryKey[0])) });
    },
    onError: (error) => notices.complain(error),
  });
}
