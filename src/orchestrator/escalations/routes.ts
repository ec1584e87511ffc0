import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import { actorOf } from '../keys/service.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { EscalationService } from './service.ts';

type EscalationRoutes = Pick<Routes, 'listEscalations' | 'resolveEscalation'>;

export const createEscalationHandlers = (
  escalations: EscalationService,
  { db }: Postgres,
): Handlers<EscalationRoutes> => ({
  listEscalations: ({ query }) => escalations.list(db, query),
  resolveEscalation: async ({ params, body, caller }) => {
    const escalation = await escalations.resolve(actorOf(caller), params.id, body.resolution);
    return { success: true, escalation };
  },
});
