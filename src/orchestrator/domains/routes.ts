import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import { actorOf } from '../keys/service.ts';
import type { DomainService } from './service.ts';
import type { DomainUsageService } from './usage.ts';

type DomainRoutes = Pick<
  Routes,
  | 'listDomains'
  | 'addDomain'
  | 'removeDomain'
  | 'listDomainUsage'
  | 'getDomainAttempts'
  | 'listDomainRequests'
  | 'approveDomainRequest'
  | 'rejectDomainRequest'
>;

/** `inEffect` resolves when this replica's proxy knows of the change: the operator's answer is the agent's next attempt. */
export const createDomainHandlers = (
  domains: DomainService,
  usage: DomainUsageService,
  inEffect: () => Promise<void>,
): Handlers<DomainRoutes> => ({
  listDomains: ({ query }) => domains.list(query),
  addDomain: async ({ body, caller }) => {
    const domain = await domains.addByOperator(actorOf(caller), body);
    await inEffect();
    return { success: true, domain };
  },
  removeDomain: async ({ params, caller }) => {
    await domains.remove(actorOf(caller), params.domain);
    await inEffect();
    return { success: true };
  },
  listDomainUsage: ({ query }) => usage.list(query),
  getDomainAttempts: ({ query }) => usage.attempts(query),
  listDomainRequests: ({ query }) => domains.listRequests(query),
  approveDomainRequest: async ({ params, body, caller }) => {
    const request = await domains.approve(actorOf(caller), params.id, body);
    await inEffect();
    return { success: true, request };
  },
  rejectDomainRequest: async ({ params, body, caller }) => ({
    success: true,
    request: await domains.reject(actorOf(caller), params.id, body),
  }),
});
