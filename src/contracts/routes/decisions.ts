import { z } from 'zod';
import {
  decisionDetailSchema,
  decisionStatusSchema,
  decisionSummarySchema,
  newDecisionSchema,
  votedRoundSchema,
  voteSchema,
} from '../decision.ts';
import { escalationSchema } from '../escalation.ts';
import { eventSchema } from '../event.ts';
import { tierSchema } from '../policy.ts';
import { agentTypeSchema, filledText, idOf, limitQuery, seqQuery, text } from '../primitives.ts';
import { route } from '../route.ts';

import { newestFirst, page, pageOf, succeeded } from './common.ts';

const decisionId = z.strictObject({ id: idOf('dec') });
const anyStatus = `(${decisionStatusSchema.options.join('|')})`;
/** One status or several, with commas between. */
const statusesQuery = z
  .string()
  .regex(
    new RegExp(`^${anyStatus}(,${anyStatus})*$`),
    `must be one or several of ${decisionStatusSchema.options.join(', ')}, with commas between`,
  )
  .max(200)
  .transform((list) => list.split(',').map((status) => decisionStatusSchema.parse(status)));
const voteState = decisionSummarySchema.pick({ id: true, ceoVote: true, daoVote: true, status: true });

/** Routes: decisions and what else waits for a human. */
export const decisionsRoutes = {
  listDecisions: route({
    method: 'get',
    path: '/decisions',
    summary: 'Decisions, newest first',
    role: 'viewer',
    query: z.strictObject({
      status: statusesQuery.optional(),
      decisionType: tierSchema.optional(),
      search: filledText(200).optional().describe('words of the title, in any case'),
      ...newestFirst('dec'),
    }),
    response: pageOf({ decisions: z.array(decisionSummarySchema) }),
  }),
  listPendingDecisions: route({
    method: 'get',
    path: '/decisions/pending',
    summary: 'Decisions that wait for votes',
    role: 'viewer',
    query: z.strictObject(newestFirst('dec')),
    response: pageOf({ decisions: z.array(decisionSummarySchema) }),
  }),
  getDecision: route({
    method: 'get',
    path: '/decisions/:id',
    summary: 'One decision with votes of all rounds, statements, escalation and outcome',
    role: 'viewer',
    params: decisionId,
    response: decisionDetailSchema,
    errors: ['decision_not_found'],
  }),
  getDecisionEvents: route({
    method: 'get',
    path: '/decisions/:id/events',
    summary: 'Events about the decision, newest first; with after: oldest first',
    role: 'viewer',
    params: decisionId,
    query: z.strictObject({ limit: limitQuery(100), before: seqQuery.optional(), after: seqQuery.optional() }),
    response: z.object({ events: z.array(eventSchema) }),
    errors: ['decision_not_found'],
  }),
  proposeDecision: route({
    method: 'post',
    path: '/decisions',
    summary: 'Propose a decision',
    role: 'operator',
    body: newDecisionSchema,
    status: 201,
    response: decisionDetailSchema,
    errors: ['agent_not_found', 'setting_not_found'],
  }),
  castVote: route({
    method: 'post',
    path: '/decisions/:id/vote',
    summary: 'Vote on behalf of a voter; recorded as such. One that names its round may be repeated without harm',
    role: 'operator',
    params: decisionId,
    body: z.strictObject({
      voterType: agentTypeSchema,
      vote: voteSchema,
      reason: text(2_000).default(''),
      round: votedRoundSchema,
    }),
    response: z.object({ ...succeeded, decision: voteState }),
    errors: ['decision_not_found', 'decision_closed', 'decision_escalated', 'vote_already_cast', 'not_allowed'],
  }),
  escalateDecision: route({
    method: 'post',
    path: '/decisions/:id/escalate',
    summary: 'Take a pending decision away from the voters, to a human',
    role: 'operator',
    params: decisionId,
    body: z.strictObject({ reason: filledText(2_000) }),
    response: z.object({ ...succeeded, decision: decisionDetailSchema }),
    errors: ['decision_not_found', 'decision_closed', 'decision_escalated'],
  }),
  resolveDecision: route({
    method: 'post',
    path: '/decisions/:id/resolve',
    summary: 'Decide an escalated decision',
    role: 'admin',
    params: decisionId,
    body: z.strictObject({ decision: z.enum(['approve', 'reject']), reason: filledText(2_000) }),
    response: z.object({ ...succeeded, decision: decisionDetailSchema }),
    errors: ['decision_not_found', 'not_escalated'],
  }),
  withdrawDecision: route({
    method: 'post',
    path: '/decisions/:id/withdraw',
    summary: 'Take back a decision that is still open; its proposer alone may',
    role: 'operator',
    params: decisionId,
    body: z.strictObject({ reason: filledText(2_000) }),
    response: z.object({ ...succeeded, decision: decisionDetailSchema }),
    errors: ['decision_not_found', 'decision_closed', 'not_allowed'],
  }),
  listEscalations: route({
    method: 'get',
    path: '/escalations',
    summary: 'What waits for a human, most urgent first',
    role: 'viewer',
    query: z.strictObject({ status: z.enum(['open', 'resolved']).default('open'), ...page }),
    response: pageOf({ escalations: z.array(escalationSchema) }),
  }),
  resolveEscalation: route({
    method: 'post',
    path: '/escalations/:id/resolve',
    summary: 'Answer an escalation that is not a decision; the answer goes to the agent',
    role: 'admin',
    params: z.strictObject({ id: idOf('esc') }),
    body: z.strictObject({ resolution: filledText(2_000) }),
    response: z.object({ ...succeeded, escalation: escalationSchema }),
    errors: ['escalation_not_found', 'escalation_closed', 'not_allowed'],
  }),
} as const;
