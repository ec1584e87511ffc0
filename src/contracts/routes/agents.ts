import { z } from 'zod';
import {
  agentDetailSchema,
  agentLoopSchema,
  agentStatusSchema,
  agentSummarySchema,
  historyEntrySchema,
} from '../agent.ts';
import { eventSchema } from '../event.ts';
import { agentTypeSchema, filledText, idOf, limitQuery, seqQuery, text, wholeQuery } from '../primitives.ts';
import { profileSchema } from '../profile.ts';
import { route } from '../route.ts';
import { prioritySchema } from '../task.ts';

import { succeeded } from './common.ts';

/** Whatever is not a role of the team is not found, be it a possible name or not. */
const byType = z.strictObject({ type: text(80).describe('a role of the team') });
const agentOperation = (verb: 'start' | 'stop' | 'restart' | 'pause', summary: string) =>
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

const teamOperation = (verb: 'stop-all' | 'start-all', summary: string) =>
  route({
    method: 'post',
    path: `/agents/${verb}`,
    summary,
    role: 'operator',
    /** Not every runtime has confirmed within the time. */
    lateStatus: 202,
    response: z.object({
      ...succeeded,
      message: z.string(),
      agents: z.array(z.object({ type: agentTypeSchema, phase: agentStatusSchema, confirmed: z.boolean() })),
    }),
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
  getAgentProfile: route({
    method: 'get',
    path: '/agents/:type/profile',
    summary: 'Who it is told to be: the head of its profile, and the system prompt',
    role: 'viewer',
    params: byType,
    response: profileSchema,
    errors: ['agent_not_found'],
  }),
  listAgentLoops: route({
    method: 'get',
    path: '/agents/:type/loops',
    summary: 'Its loops with the tools they called, newest first',
    role: 'viewer',
    params: byType,
    query: z.strictObject({ limit: limitQuery(20), before: idOf('lop').optional() }),
    response: z.object({ loops: z.array(agentLoopSchema) }),
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
  pauseAgent: agentOperation(
    'pause',
    'Kill switch: dead token, cut connections, no container, until it is started again',
  ),
  stopAllAgents: teamOperation('stop-all', 'Kill switch for the whole team; what was wanted is kept'),
  startAllAgents: teamOperation('start-all', 'Let go of every kill switch; what was wanted before holds again'),
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
