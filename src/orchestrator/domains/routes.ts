import type { Routes } from '../../contracts/routes.ts';
import type { Handlers } from '../http/mount.ts';
import { actorOf } from '../keys/service.ts';
import type { DomainService } from './service.ts';

type DomainRoutes = Pick<
  Routes,
  'listDomains' | 'addDomain' | 'removeDomain' | 'listDomainRequests' | 'approveDomainRequest' | 'rejectDomainRequest'
>;

export const createDomainHandlers = (domains: DomainService): Handlers<DomainRoutes> => ({
  listDomains: ({ query }) => domains.list(query),
  addDomain: async ({ body, caller }) => ({
    success: true,
    domain: await domains.addByOperator(actorOf(caller), body),
  }),
  removeDomain: async ({ params, caller }) => {
    await domains.remove(actorOf(caller), params.domain);
    return { success: true };
  },
  listDomainRequests: ({ query }) => domains.listRequests(query),
  approveDomainRequest: async ({ params, body, caller }) => ({
    success: true,
    request: await domains.approve(actorOf(caller), params.id, body),
  }),
  rejectDomainRequest: async ({ params, body, caller }) => ({
    success: true,
    request: await domains.reject(actorOf(caller), params.id, body),
  }),
});
