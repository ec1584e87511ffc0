import { useRoute } from '../api/queries.ts';

/** How much waits for a human. */
export function useWaitingCount(): number {
  const escalations = useRoute('listEscalations', { query: { limit: 1 } });
  const requests = useRoute('listDomainRequests', { query: { limit: 1 } });
  return (escalations.data?.total ?? 0) + (requests.data?.total ?? 0);
}
