import { z } from 'zod';
import { agentDetailSchema, agentStatusSchema, agentSummarySchema, historyEntrySchema } from '../agent.ts';
import { eventSchema } from '../event.ts';
import { filledText, idOf, limitQuery, seqQuery, text, wholeQuery } from '../primitives.ts';
import { route } from '../route.ts';
import { prioritySchema } from '../task.ts';

import { succeeded } from './common.ts';

/** Whatever is not a role of the team is not found, be it a possible name or not. */
const byType = z.strictObject({ type: text(80).describe('a role of the team') });
const agentOperation = (verb: 'start' | 'stop' | 'restart', summary: string) =>
  route({
    method: 'post',
    path: `/agents/:type/${verb}`,
    summary,
    role: 'operator',
    params: byType,
    lateStatus: 202,
    response: z.object({
      ...succeeded,
      message: z.string(),
      containerId: z.string().optional(),
      /** There when the runtime has not confirmed within the time: where the agent stands, with status 202. */
      phase: agentStatusSchema.optional(),
    }),
    errors: ['agent_not_found'],
  });

/** Routes: the team. */
export const agentsRoutes = {
  listAgents: route({
    method: 'get',
    path: '/agents',
    summary: 'The team',
    role: 'viewer',
    query: z.strictObject({ status: agentStatusSchema.optional() }),
    response: z.object({ agents: z.array(agentSummarySchema) }),
  }),
  getAgent: route({
    method: 'get',
    path: '/agents/:type',
    summary: 'One agent with its status, loop, exits and next attempt',
    role: 'viewer',
    params: byType,
    response: agentDetailSchema,
    errors: ['agent_not_found'],
  }),
  getAgentHistory: route({
    method: 'get',
    path: '/agents/:type/history',
    summary: 'What the agent did, newest first',
    role: 'viewer',
    params: byType,
    query: z.strictObject({ limit: limitQuery(50), before: idOf('hst').optional(), after: idOf('hst').optional() }),
    response: z.object({ history: z.array(historyEntrySchema) }),
    errors: ['agent_not_found'],
  }),
  getAgentEvents: route({
    method: 'get',
    path: '/agents/:type/events',
    summary: 'Events by or about the agent, newest first; with after: oldest first',
    role: 'viewer',
    params: byType,
    query: z.strictObject({ limit: limitQuery(100), before: seqQuery.optional(), after: seqQuery.optional() }),
    response: z.object({ events: z.array(eventSchema) }),
    errors: ['agent_not_found'],
  }),
  getAgentLogs: route({
    method: 'get',
    path: '/agents/:type/logs',
    summary: 'The last lines its container wrote; with follow=true as server-sent events',
    role: 'operator',
    params: byType,
    query: z.strictObject({
      tail: wholeQuery(1, 10_000).default(200),
      follow: z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] }).default(false),
    }),
    format: 'stream',
    response: z.string(),
    errors: ['agent_not_found', 'no_logs'],
  }),
  startAgent: agentOperation('start', 'Have it running; clears its failures'),
  stopAgent: agentOperation('stop', 'Have it stopped'),
  restartAgent: agentOperation('restart', 'Replace its container'),
  messageAgent: route({
    method: 'post',
    path: '/agents/:type/message',
    summary: 'Put a message into its inbox and wake it',
    role: 'operator',
    params: byType,
    body: z.strictObject({ message: filledText(8_000), priority: prioritySchema.default('normal') }),
    status: 201,
    response: z.object({ ...succeeded, messageId: idOf('msg') }),
    errors: ['agent_not_found'],
  }),
} as const;
