import { z } from 'zod';
import { agentStatusSchema } from './agent.ts';
import { benchmarkStatusSchema } from './benchmark.ts';
import { measureSchema, periodSchema } from './budget.ts';
import { decisionStatusSchema, voteSchema } from './decision.ts';
import { escalationKindSchema, escalationPrioritySchema } from './escalation.ts';
import { documentKindSchema } from './knowledge.ts';
import { channelKindSchema } from './notification.ts';
import { tierSchema } from './policy.ts';
import { actorSchema, agentTypeSchema, idOf, jsonValue, seqSchema, timestamp } from './primitives.ts';
import { prioritySchema, taskFlagSchema } from './task.ts';

const agent = { agentType: agentTypeSchema };
const task = { taskId: idOf('tsk'), title: z.string(), assignedTo: agentTypeSchema, priority: prioritySchema };
const decision = { decisionId: idOf('dec'), title: z.string() };
const escalation = {
  escalationId: idOf('esc'),
  kind: escalationKindSchema,
  subject: z.string(),
  title: z.string(),
  decisionId: idOf('dec').optional(),
};
const instance = { ...agent, instanceId: idOf('ins') };
const domainRequest = { requestId: idOf('dmr'), domain: z.string(), requestedBy: actorSchema };
/** `agentType` is the agent whose call it was that met the limit; `subject` whom the budget is for, a role or `team`. */
const budget = {
  ...agent,
  budget: z.string(),
  subject: z.string(),
  period: periodSchema,
  measure: measureSchema,
  /** Micro-USD, tokens or calls, as the measure says. */
  limit: z.number(),
  spent: z.number(),
  /** When it begins anew. */
  until: timestamp,
};
const benchmark = { runId: idOf('bmr'), models: z.array(z.string()), tasks: z.array(z.string()) };
const job = { jobId: z.string() };
const document = {
  documentId: idOf('doc'),
  title: z.string(),
  kind: documentKindSchema,
  source: z.string(),
  owner: agentTypeSchema.nullable(),
};
const key = { keyId: idOf('key'), name: z.string(), role: z.string() };

/** What each kind of event carries, besides `actor`. The union is closed: an event not listed here does not compile. */
const payloads = {
  agent_started: { ...instance, containerId: z.string(), because: z.string() },
  agent_stopped: { ...instance, because: z.string() },
  agent_exited: {
    ...instance,
    code: z.number().nullable(),
    signal: z.string().nullable(),
    oomKilled: z.boolean(),
    ranForMs: z.number(),
    because: z.string(),
  },
  agent_status: { ...agent, status: agentStatusSchema, because: z.string() },
  agent_paused: { ...agent, instanceId: z.string().nullable() },
  agent_resumed: agent,
  agent_failed: { ...agent, because: z.string() },
  /** `agentType` where it is about one; `alert` where it is about the system, and ends by itself. */
  alert_raised: {
    agentType: agentTypeSchema.optional(),
    alert: z.string().optional(),
    severity: z.enum(['info', 'warning', 'critical']),
    message: z.string(),
  },
  alert_cleared: { alert: z.string(), message: z.string() },
  message_sent: {
    ...agent,
    messageId: idOf('msg'),
    from: actorSchema,
    message: z.string(),
    priority: prioritySchema,
  },
  loop_finished: {
    ...agent,
    loopId: idOf('lop'),
    outcome: z.enum(['done', 'idle', 'failed', 'interrupted']),
    summary: z.string(),
    reasons: z.array(z.string()),
  },
  task_created: { ...task, createdBy: actorSchema },
  task_claimed: { ...task, agentType: agentTypeSchema },
  task_released: { ...task, because: z.string() },
  task_completed: { ...task, result: z.string() },
  task_failed: { ...task, reason: z.string() },
  task_groomed: {
    taskId: idOf('tsk'),
    title: z.string(),
    assignedTo: agentTypeSchema,
    priority: prioritySchema,
    flags: z.array(taskFlagSchema),
    duplicateOf: idOf('tsk').nullable(),
    suggestedAssignee: agentTypeSchema.nullable(),
  },
  task_cancelled: { ...task, reason: z.string() },
  decision_proposed: {
    ...decision,
    decisionType: tierSchema,
    proposedBy: actorSchema,
    voters: z.array(agentTypeSchema),
    deadline: timestamp.nullable(),
  },
  decision_voted: {
    ...decision,
    voterType: agentTypeSchema,
    vote: voteSchema,
    reason: z.string(),
    round: z.number(),
  },
  decision_statement: { ...decision, ...agent, statement: z.string(), round: z.number() },
  decision_round_started: { ...decision, round: z.number(), because: z.string() },
  decision_resolved: { ...decision, status: decisionStatusSchema, because: z.string() },
  decision_withdrawn: { ...decision, because: z.string() },
  escalation_created: { ...escalation, reason: z.string(), priority: escalationPrioritySchema },
  escalation_resolved: { ...escalation, resolution: z.string() },
  action_executed: { ...decision, action: z.string(), outcome: z.string() },
  action_failed: { ...decision, action: z.string(), reason: z.string() },
  domain_requested: {
    ...domainRequest,
    reason: z.string(),
    suggestedCategory: z.string(),
    securityScore: z.number(),
  },
  domain_approved: { domain: z.string(), category: z.string() },
  domain_rejected: { ...domainRequest, reason: z.string() },
  domain_removed: { domain: z.string() },
  egress_denied: { ...agent, domain: z.string(), reason: z.string() },
  document_created: document,
  document_updated: document,
  document_removed: document,
  setting_changed: {
    category: z.string(),
    key: z.string(),
    value: jsonValue,
    before: jsonValue,
    /** What was set was taken back: `value` is the default, null where there is none. */
    reset: z.boolean().optional(),
  },
  budget_warning: budget,
  budget_exhausted: budget,
  benchmark_started: { ...benchmark, judge: z.string().nullable() },
  benchmark_finished: { ...benchmark, status: benchmarkStatusSchema.exclude(['running']) },
  job_created: job,
  job_changed: { ...job, enabled: z.boolean() },
  job_removed: job,
  job_finished: { ...job, runId: idOf('run'), summary: z.string(), durationMs: z.number() },
  job_failed: { ...job, runId: idOf('run'), reason: z.string(), failures: z.number() },
  channel_changed: { channel: z.string(), kind: channelKindSchema, enabled: z.boolean() },
  channel_removed: { channel: z.string() },
  notification_failed: { notificationId: idOf('ntf'), channel: z.string(), title: z.string(), reason: z.string() },
  key_created: key,
  key_revoked: key,
} as const;

export type EventType = keyof typeof payloads;
export const eventTypes = Object.keys(payloads) as [EventType, ...EventType[]];
export const eventTypeSchema = z.enum(eventTypes);

type Payloads = typeof payloads;
export type EventPayload<T extends EventType> = z.input<z.ZodObject<Payloads[T]>>;

/** The check of one event's payload; `actor` names who acted. */
export const payloadSchema = (type: EventType) => z.object({ ...payloads[type], actor: actorSchema });

/** One row of the log as clients see it. */
export const eventSchema = z.object({
  id: z.string(),
  seq: seqSchema,
  eventType: eventTypeSchema,
  /** The acting agent's id, or null when no agent acted. */
  sourceAgent: idOf('agt').nullable(),
  payload: z.record(z.string(), jsonValue),
  createdAt: timestamp,
});
export type BoardroomEvent = z.infer<typeof eventSchema>;
