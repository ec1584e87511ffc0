import { z } from 'zod';
import {
  domainAttemptsSchema,
  domainCategorySchema,
  domainInput,
  domainRequestSchema,
  domainSchema,
  domainUsageSchema,
  newDomainSchema,
  requestStatusSchema,
} from '../domain.ts';
import { agentTypeSchema, idOf, limitQuery, offsetQuery, text, timestamp, wholeQuery } from '../primitives.ts';
import { route } from '../route.ts';
import { moment, pageOf, succeeded } from './common.ts';

const requestId = z.strictObject({ id: idOf('dmr') });
/** More than the usual page: a whitelist is read as a whole. */
const page = { limit: limitQuery(200), offset: offsetQuery };

/** Routes: what agents may reach. */
export const domainsRoutes = {
  listDomains: route({
    method: 'get',
    path: '/domains/whitelist',
    summary: 'The domains that agents may reach, by name; those that were removed too, as inactive',
    role: 'viewer',
    query: z.strictObject(page),
    response: pageOf({ domains: z.array(domainSchema) }),
  }),
  addDomain: route({
    method: 'post',
    path: '/domains/whitelist',
    summary:
      'Let agents reach a domain; answers what agents have asked for it. Again: changes its category and description',
    role: 'operator',
    body: newDomainSchema,
    status: 201,
    response: z.object({ ...succeeded, domain: domainSchema }),
  }),
  removeDomain: route({
    method: 'delete',
    path: '/domains/:domain',
    summary: 'Cut a domain off at once, open connections included',
    role: 'operator',
    params: z.strictObject({ domain: domainInput }),
    response: z.object(succeeded),
    errors: ['domain_not_found'],
  }),
  listDomainUsage: route({
    method: 'get',
    path: '/domains/usage',
    summary: 'How often agents tried which domains in the last days, the most tried first; seconds old',
    role: 'viewer',
    query: z.strictObject({
      days: wholeQuery(1, 90).describe('of UTC, today among them').default(14),
      outcome: z.enum(['allowed', 'denied']).describe('only domains with attempts that ended so').optional(),
      ...page,
    }),
    response: pageOf({ usage: z.array(domainUsageSchema), from: timestamp }),
  }),
  getDomainAttempts: route({
    method: 'get',
    path: '/domains/attempts',
    summary:
      'Attempts over time, by hour or day, oldest first: at one domain or all, of one agent or all; the last 7 days',
    role: 'viewer',
    query: z.strictObject({
      from: moment.optional(),
      to: moment.optional(),
      by: z.enum(['hour', 'day']).default('day'),
      domain: domainInput.describe('as the usage names it').optional(),
      agent: agentTypeSchema.optional(),
    }),
    response: z.object({ attempts: z.array(domainAttemptsSchema), from: timestamp, to: timestamp }),
  }),
  listDomainRequests: route({
    method: 'get',
    path: '/domains/approval-requests',
    summary: 'Domains that agents ask for, oldest first',
    role: 'viewer',
    query: z.strictObject({ status: requestStatusSchema.default('pending'), ...page }),
    response: pageOf({ requests: z.array(domainRequestSchema) }),
  }),
  approveDomainRequest: route({
    method: 'post',
    path: '/domains/approval-requests/:id/approve',
    summary: 'Whitelist the domain that was asked for',
    role: 'operator',
    params: requestId,
    body: z.strictObject({ notes: text(2_000).default(''), category: domainCategorySchema.optional() }),
    response: z.object({ ...succeeded, request: domainRequestSchema }),
    errors: ['domain_request_not_found', 'domain_request_decided'],
  }),
  rejectDomainRequest: route({
    method: 'post',
    path: '/domains/approval-requests/:id/reject',
    summary: 'Refuse the domain that was asked for; the agent is told why',
    role: 'operator',
    params: requestId,
    // `category` is taken as at the approval, so that one form serves both; a refusal has no use for it.
    body: z.strictObject({ notes: text(2_000).default(''), category: domainCategorySchema.optional() }),
    response: z.object({ ...succeeded, request: domainRequestSchema }),
    errors: ['domain_request_not_found', 'domain_request_decided'],
  }),
} as const;
