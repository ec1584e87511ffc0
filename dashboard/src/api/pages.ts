import { type InfiniteData, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { Answer, JsonRouteName } from '../../../src/contracts/client.ts';
import { callRoute } from './client.ts';

interface Paging<N extends JsonRouteName, T> {
  readonly itemsOf: (answer: Answer<N>) => readonly T[];
  /** What of the query has the answer go on behind this item. */
  readonly behind: (last: T) => Readonly<Record<string, string | number>>;
  readonly limit: number;
}

interface PagesInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
}

/** A list page by page, under the route's name: events outdate it like any other answer. */
export function usePages<N extends JsonRouteName, T>(
  name: N,
  input: PagesInput,
  { itemsOf, behind, limit }: Paging<N, T>,
) {
  const query = useInfiniteQuery({
    queryKey: [name, 'pages', input, limit] as const,
    initialPageParam: {} as Readonly<Record<string, string | number>>,
    queryFn: ({ pageParam, signal }) =>
      callRoute(name, { ...input, query: { ...input.query, ...(pageParam ?? {}), limit }, signal }),
    getNextPageParam: (answer: Answer<N>) => {
      const items = itemsOf(answer);
      const last = items.at(-1);
      return last === undefined || items.length < limit ? undefined : behind(last);
    },
    placeholderData: keepPreviousData<InfiniteData<Answer<N>>>,
  });
  return { query, items: query.data?.pages.flatMap((answer) => [...itemsOf(answer)]), first: query.data?.pages[0] };
}
