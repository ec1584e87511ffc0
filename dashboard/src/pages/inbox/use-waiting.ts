import { useMemo } from 'react';
import { useRoute } from '../../api/queries.ts';
import { type Waiting, waitingOf } from './waiting.ts';

/** As many of each as one answer holds; what is answered makes room for the next. */
const limit = 200;

/** All that waits for a human. */
export function useWaiting() {
  const escalations = useRoute('listEscalations', { query: { limit } });
  const requests = useRoute('listDomainRequests', { query: { limit } });
  const settings = useRoute('getSettings');
  const items = useMemo<Waiting[] | undefined>(
    () =>
      escalations.data &&
      requests.data &&
      waitingOf({
        escalations: escalations.data.escalations,
        requests: requests.data.requests,
        settings: settings.data?.settings,
      }),
    [escalations.data, requests.data, settings.data],
  );
  return {
    items,
    total: (escalations.data?.total ?? 0) + (requests.data?.total ?? 0),
    error: items === undefined ? (escalations.error ?? requests.error) : null,
    retry: () => void Promise.all([escalations.refetch(), requests.refetch()]),
  };
}
