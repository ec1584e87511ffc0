import { z } from 'zod';
import { agentDetailSchema, agentStatusSchema, agentSummarySchema, historyEntrySchema } from './agent.ts';
import {
  decisionDetailSchema,
  decisionStatusSchema,
  decisionSummarySchema,
  newDecisionSchema,
  voteSchema,
} from './decision.ts';
import { escalationSchema } from './escalation.ts';
import { eventSchema, eventTypeSchema } from './event.ts';
import { healthSchema, readinessSchema, systemHealthSchema } from './health.ts';
import { keyNameSchema, keySchema, roleSchema } from './key.ts';
import { agentTypeSchema, filledText, idOf, limitQuery, offsetQuery, seqQuery, text, timestamp } from './primitives.ts';
import { route } from './route.ts';
import { newTaskSchema, prioritySchema, taskSchema, taskStatusSchema } from './task.ts';

const byType = z.strictObject({ type: agentTypeSchema });
const page = { limit: limitQuery(50), offset: offsetQuery };
const pageOf = <S extends z.ZodRawShape>(items: S) =>
  z.object({ ...items, total: z.number().int(), limit: z.number().int(), offset: z.number().int() });
const succeeded = { success: z.literal(true) };
const decisionId = z.strictObject({ id: idOf('dec') });
const taskId = z.strictObject({ id: idOf('tsk') });
const voteState = decisionSummarySchema.pick({ id: true, ceoVote: true, daoVote: true, status: true });

const agentOperation = (verb: 'start' | 'stop' | 'restart', summary: string) =>
  route({
    method: 'post',
    path: `/agents/:type/${verb}`,
    summary,
    role: 'operator',
    params: byType,
    response: z.object({
      ...succeeded,
      message: z.string(),
      containerId: z.string().optional(),
      /** There when the runtime has not confirmed within the time: where the agent stands, with status 202. */
      phase: agentStatusSchema.optional(),
    }),
    errors: ['agent_not_found'],
  });

/** Every route of the operators' API. The server mounts it, /openapi.json shows it, the clients are typed by it. */
export const routes = {
  getHealth: route({
    method: 'get',
    path: '/health',
    summary: 'Is the process alive',
    role: 'public',
    response: healthSchema,
  }),
  getReadiness: route({
    method: 'get',
    path: '/ready',
    summary: 'Can it serve: 503 with ready false and "error" on what is down',
    role: 'public',
    response: readinessSchema,
  }),
  getSystemHealth: route({
    method: 'get',
    path: '/health/full',
    summary: 'Every part with its latency, every agent with its heartbeat',
    role: 'viewer',
    response: systemHealthSchema,
  }),
  getMetrics: route({
    method: 'get',
    path: '/metrics',
    summary: 'Prometheus metrics',
    role: 'local',
    format: 'stream',
    response: z.string(),
  }),
  getOpenapi: route({
    method: 'get',
    path: '/openapi.json',
    summary: 'This API as OpenAPI 3.1',
    role: 'public',
    response: z.record(z.string(), z.unknown()),
  }),

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
      tail: z.coerce.number().int().min(1).max(10_000).default(200),
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

  listEvents: route({
    method: 'get',
    path: '/events',
    summary: 'The log, newest first; with after: oldest first',
    role: 'viewer',
    query: z.strictObject({
      limit: limitQuery(100),
      type: eventTypeSchema.optional(),
      before: seqQuery.optional(),
      after: seqQuery.optional(),
    }),
    response: z.object({ events: z.array(eventSchema) }),
  }),

  listDecisions: route({
    method: 'get',
    path: '/decisions',
    summary: 'Decisions, newest first',
    role: 'viewer',
    query: z.strictObject({ status: decisionStatusSchema.optional(), ...page }),
    response: pageOf({ decisions: z.array(decisionSummarySchema) }),
  }),
  listPendingDecisions: route({
    method: 'get',
    path: '/decisions/pending',
    summary: 'Decisions that wait for votes',
    role: 'viewer',
    query: z.strictObject(page),
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
    summary: 'Vote on behalf of a voter; recorded as such',
    role: 'operator',
    params: decisionId,
    body: z.strictObject({ voterType: agentTypeSchema, vote: voteSchema, reason: text(2_000).default('') }),
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

  listTasks: route({
    method: 'get',
    path: '/tasks',
    summary: 'Tasks, newest first',
    role: 'viewer',
    query: z.strictObject({ status: taskStatusSchema.optional(), assignedTo: agentTypeSchema.optional(), ...page }),
    response: pageOf({ tasks: z.array(taskSchema) }),
  }),
  createTask: route({
    method: 'post',
    path: '/tasks',
    summary: 'Give an agent a task',
    role: 'operator',
    body: newTaskSchema,
    status: 201,
    response: z.object({ ...succeeded, task: taskSchema }),
    errors: ['agent_not_found'],
  }),
  getTask: route({
    method: 'get',
    path: '/tasks/:id',
    summary: 'One task',
    role: 'viewer',
    params: taskId,
    response: taskSchema,
    errors: ['task_not_found'],
  }),
  cancelTask: route({
    method: 'post',
    path: '/tasks/:id/cancel',
    summary: 'Cancel a task that is not finished',
    role: 'operator',
    params: taskId,
    body: z.strictObject({ reason: text(2_000).default('') }),
    response: taskSchema,
    errors: ['task_not_found', 'task_closed'],
  }),

  listKeys: route({
    method: 'get',
    path: '/keys',
    summary: 'API keys, without their secrets',
    role: 'admin',
    response: z.object({ keys: z.array(keySchema) }),
  }),
  createKey: route({
    method: 'post',
    path: '/keys',
    summary: 'Make a key; its secret is shown this once',
    role: 'admin',
    body: z.strictObject({ name: keyNameSchema, role: roleSchema, expiresAt: timestamp.optional() }),
    status: 201,
    response: z.object({ ...succeeded, key: keySchema, secret: z.string() }),
    errors: ['key_name_taken'],
  }),
  revokeKey: route({
    method: 'delete',
    path: '/keys/:id',
    summary: 'Revoke a key, its sessions and tickets',
    role: 'admin',
    params: z.strictObject({ id: idOf('key') }),
    response: z.object(succeeded),
    errors: ['key_not_found', 'last_admin_key'],
  }),
  createSession: route({
    method: 'post',
    path: '/sessions',
    summary: 'Trade a key for an httpOnly session cookie, for browsers',
    role: 'viewer',
    status: 201,
    response: z.object({ ...succeeded, expiresAt: timestamp }),
  }),
  endSession: route({
    method: 'delete',
    path: '/sessions',
    summary: 'End the session of the cookie',
    role: 'viewer',
    response: z.object(succeeded),
  }),
  createTicket: route({
    method: 'post',
    path: '/ws-tickets',
    summary: 'A single-use ticket for opening /ws?ticket=… within half a minute',
    role: 'viewer',
    status: 201,
    response: z.object({ ticket: z.string(), expiresAt: timestamp }),
  }),
} as const;

export type Routes = typeof routes;
