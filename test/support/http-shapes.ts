import { z } from 'zod';
import type { RouteName } from './http-coverage.ts';

// The contract's promises to clients, written down a second time and on purpose: a change of src/contracts that
// breaks a client fails here. Fields may stand beside these, so the objects are open.

const time = z.iso.datetime();
const timeOrNull = time.nullable();
const id = (prefix: string) => z.string().startsWith(`${prefix}_`);
const success = { success: z.literal(true) };
const count = z.number().int().nonnegative();
const page = { total: count, limit: count, offset: count };
const vote = z.enum(['approve', 'veto', 'abstain']).nullable();
const agentStatus = z.enum(['stopped', 'starting', 'running', 'unresponsive', 'stopping', 'backing_off', 'failed']);
const containerStatus = z.enum(['absent', 'created', 'running', 'paused', 'exited', 'unknown']);
const decisionStatus = z.enum(['pending', 'approved', 'vetoed', 'escalated', 'rejected', 'withdrawn']);
const priority = z.enum(['critical', 'urgent', 'high', 'normal', 'low', 'operational']);
const role = z.enum(['viewer', 'operator', 'admin']);

const agent = {
  id: id('agt'),
  type: z.string(),
  name: z.string(),
  status: agentStatus,
  loopInterval: z.number().int().positive(),
  lastHeartbeat: timeOrNull,
  containerStatus,
};

const slider = z.number().int().min(0).max(100);
const focus = z.looseObject({
  revenueFocus: slider,
  communityGrowth: slider,
  marketingVsDev: slider,
  riskTolerance: slider,
  timeHorizon: slider,
});

const job = z.looseObject({
  id: z.string(),
  schedule: z.string(),
  description: z.string(),
  enabled: z.boolean(),
  lastRun: timeOrNull,
  nextRun: timeOrNull,
  lastStatus: z.enum(['done', 'failed']).nullable(),
  lastDurationMs: count.nullable(),
});

const jobRun = z.looseObject({
  id: id('run'),
  jobId: z.string(),
  slot: timeOrNull,
  status: z.enum(['queued', 'running', 'done', 'failed']),
  startedAt: timeOrNull,
  finishedAt: timeOrNull,
  durationMs: count.nullable(),
  summary: z.string().nullable(),
});

const event = z.looseObject({
  id: z.string(),
  eventType: z.string(),
  sourceAgent: z.string().nullable(),
  payload: z.looseObject({ actor: z.string() }),
  createdAt: time,
  seq: count,
});

const decision = {
  id: id('dec'),
  title: z.string(),
  status: decisionStatus,
  decisionType: z.enum(['operational', 'minor', 'major', 'critical']),
  proposedBy: z.string(),
  ceoVote: vote,
  daoVote: vote,
  createdAt: time,
};

const decisionDetail = z.looseObject({
  ...decision,
  description: z.string(),
  round: count,
  votes: z.array(z.looseObject({ round: count, voterType: z.string(), vote: z.string(), reason: z.string() })),
  statements: z.array(z.looseObject({ round: count, agentType: z.string(), statement: z.string() })),
  escalation: z.looseObject({ id: id('esc'), reason: z.string(), createdAt: time }).nullable(),
  deadline: timeOrNull,
  onApprove: z.array(
    z.looseObject({
      action: z.looseObject({ kind: z.string() }),
      status: z.enum(['waiting', 'done', 'failed', 'dropped']),
      outcome: z.string().nullable(),
    }),
  ),
});

const task = z.looseObject({
  id: id('tsk'),
  title: z.string(),
  description: z.string(),
  status: z.enum(['pending', 'in_progress', 'completed', 'failed', 'cancelled']),
  priority,
  assignedTo: z.string(),
  createdBy: z.string(),
  result: z.string().nullable(),
  createdAt: time,
  completedAt: timeOrNull,
});

const escalation = z.looseObject({
  id: id('esc'),
  kind: z.enum(['decision', 'agent_failed', 'agent_stuck', 'human_requested', 'budget_exhausted']),
  subject: z.string(),
  title: z.string(),
  reason: z.string(),
  priority: z.enum(['critical', 'high', 'normal']),
  status: z.enum(['open', 'resolved']),
  createdAt: time,
  resolvedAt: timeOrNull,
  resolvedBy: z.string().nullable(),
  resolution: z.string().nullable(),
});

const domain = z.looseObject({
  id: id('dom'),
  domain: z.string(),
  category: z.string(),
  description: z.string(),
  isActive: z.boolean(),
});

const attempts = { allowed: count, denied: count };

const domainRequest = z.looseObject({
  id: id('dmr'),
  domain: z.string(),
  requestedBy: z.string(),
  reason: z.string(),
  status: z.enum(['pending', 'approved', 'rejected']),
  suggestedCategory: z.string(),
  securityScore: z.number().int().min(0).max(100),
  createdAt: time,
});

const documentKind = z.enum(['note', 'decision', 'task', 'history', 'profile', 'file', 'memory']);
const document = {
  id: id('doc'),
  title: z.string(),
  kind: documentKind,
  source: z.string(),
  agent: z.string().nullable(),
  updatedAt: time,
};
const wholeDocument = z.looseObject({ ...document, text: z.string(), createdAt: time });

const amount = z.number().int();
const budget = z.looseObject({
  budget: z.string(),
  subject: z.string(),
  period: z.enum(['daily', 'monthly']),
  measure: z.enum(['usd', 'tokens', 'calls']),
  unit: z.enum(['micro_usd', 'tokens', 'calls']),
  limit: amount,
  spent: amount,
  reserved: amount,
  periodStart: time,
  periodEnd: time,
});
const usage = z.looseObject({
  agent: z.string().optional(),
  model: z.string().optional(),
  day: z.string().optional(),
  calls: count,
  failedCalls: count,
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  costMicroUsd: amount,
});

const times = z.looseObject({ p50: count, p95: count }).nullable();
const callStats = z.looseObject({
  calls: count,
  failedCalls: count,
  tokens: count,
  costMicroUsd: amount,
  firstTokenMs: times,
  durationMs: times,
});

/** Strict: a field that was not meant to leave, such as a hash, must not stand beside these. */
const key = z.strictObject({
  id: id('key'),
  name: z.string(),
  role,
  createdAt: time,
  expiresAt: timeOrNull,
  revokedAt: timeOrNull,
});

const component = z.looseObject({
  status: z.enum(['healthy', 'unhealthy', 'embedded']),
  latency: z.number().nonnegative().nullable(),
});
const events = z.looseObject({ events: z.array(event) });
const operation = z.looseObject({
  ...success,
  message: z.string(),
  containerId: z.string().optional(),
  phase: agentStatus.optional(),
});
const teamOperation = z.looseObject({
  ...success,
  message: z.string(),
  agents: z.array(z.looseObject({ type: z.string(), phase: agentStatus, confirmed: z.boolean() })),
});
const decisionPage = z.looseObject({ decisions: z.array(z.looseObject(decision)), ...page });

/** Strict: URLs, passwords and tokens must not stand beside these. */
const channel = z.strictObject({
  name: z.string(),
  kind: z.enum(['webhook', 'slack', 'telegram', 'email']),
  destination: z.string(),
  severities: z.array(z.string()),
  kinds: z.array(z.string()),
  enabled: z.boolean(),
  allowPrivate: z.boolean(),
  answerLinks: z.boolean(),
  createdAt: time,
  changedAt: time,
});
const notification = z.looseObject({
  id: id('ntf'),
  channel: z.string(),
  kind: z.string(),
  severity: z.enum(['critical', 'high', 'normal']),
  title: z.string(),
  text: z.string(),
  subject: z.looseObject({ type: z.string(), id: z.string(), about: z.string() }),
  status: z.enum(['pending', 'sent', 'failed']),
  attempts: count,
  lastError: z.string().nullable(),
  nextAttemptAt: timeOrNull,
  createdAt: time,
  sentAt: timeOrNull,
});

const score = z.number().min(0).max(1).nullable();
const benchmarkRun = z.looseObject({
  runId: id('bmr'),
  status: z.enum(['running', 'finished', 'cancelled']),
  models: z.array(z.string()),
  tasks: z.array(z.string()),
  judge: z.string().nullable(),
  total: count,
  done: count,
  createdBy: z.string(),
  createdAt: time,
  finishedAt: timeOrNull,
});
const benchmarkResult = z.looseObject({
  model: z.string(),
  task: z.string(),
  items: count,
  done: count,
  scored: count,
  score,
  firstTokenMs: count.nullable(),
  totalMs: count.nullable(),
  inputTokens: count,
  outputTokens: count,
  costMicroUsd: count,
  judgeCostMicroUsd: count,
  error: z.string().nullable(),
});
const benchmarkAnswer = z.looseObject({
  id: id('bma'),
  model: z.string(),
  task: z.string(),
  item: z.string(),
  status: z.enum(['waiting', 'done', 'failed', 'cancelled']),
  score,
  answer: z.string().nullable(),
  because: z.string().nullable(),
  error: z.string().nullable(),
});
const leaderboardEntry = z.looseObject({
  rank: count,
  model: z.string(),
  score: z.number().min(0).max(1),
  tasks: z.array(z.looseObject({ task: z.string(), score: z.number(), runs: count })),
  firstTokenMs: count.nullable(),
  totalMs: count.nullable(),
  costMicroUsd: count,
  lastRunAt: time,
});

/** What each route answers when it does what it is for. */
export const shapes = {
  getHealth: z.looseObject({ status: z.literal('ok'), timestamp: time }),
  getReadiness: z.looseObject({
    ready: z.boolean(),
    checks: z.looseObject({ database: z.enum(['ok', 'error']), redis: z.enum(['ok', 'error', 'embedded']) }),
  }),
  getSystemHealth: z.looseObject({
    status: z.enum(['healthy', 'degraded', 'unhealthy']),
    uptime: z.number().nonnegative(),
    components: z.looseObject({
      database: component,
      redis: component,
      runtime: z.looseObject({}),
      agents: z.record(z.string(), z.looseObject({ status: agentStatus, lastHeartbeat: timeOrNull })),
    }),
  }),
  getMetrics: z.string(),
  getDocs: z.string().includes('<openapi-explorer'),
  getDocsScript: z.string().includes('customElements'),
  getOpenapi: z.looseObject({
    openapi: z.string().startsWith('3.1'),
    paths: z.record(
      z.string(),
      z.record(z.string(), z.looseObject({ operationId: z.string(), responses: z.record(z.string(), z.unknown()) })),
    ),
  }),
  listAgents: z.looseObject({ agents: z.array(z.looseObject(agent)) }),
  getAgent: z.looseObject({
    ...agent,
    profilePath: z.string(),
    loopCount: count,
    lastLoopAt: timeOrNull,
    currentFocus: z.string().nullable(),
    containerId: z.string().nullable(),
  }),
  getAgentProfile: z.looseObject({
    type: z.string(),
    head: z.looseObject({ name: z.string(), loopInterval: count, secrets: z.array(z.string()) }),
    text: z.string(),
    isWhole: z.boolean(),
  }),
  listAgentLoops: z.looseObject({
    loops: z.array(
      z.looseObject({
        id: id('lop'),
        status: z.enum(['running', 'done', 'idle', 'failed', 'interrupted']),
        startedAt: time,
        finishedAt: timeOrNull,
        summary: z.string().nullable(),
        wakes: z.array(z.looseObject({ reason: z.string(), subjects: z.array(z.string()) })),
        calls: z.array(z.looseObject({ id: id('hst'), actionType: z.string(), summary: z.string(), createdAt: time })),
        callCount: count,
      }),
    ),
  }),
  getAgentHistory: z.looseObject({
    history: z.array(z.looseObject({ id: z.string(), actionType: z.string(), summary: z.string(), createdAt: time })),
  }),
  getAgentEvents: events,
  getAgentLogs: z.string(),
  startAgent: operation,
  stopAgent: operation,
  restartAgent: operation,
  pauseAgent: operation,
  stopAllAgents: teamOperation,
  startAllAgents: teamOperation,
  messageAgent: z.looseObject({ ...success, messageId: id('msg') }),
  listEvents: events,
  listDecisions: decisionPage,
  listPendingDecisions: decisionPage,
  getDecision: decisionDetail,
  getDecisionEvents: events,
  proposeDecision: decisionDetail,
  castVote: z.looseObject({
    ...success,
    decision: z.looseObject({ id: id('dec'), ceoVote: vote, daoVote: vote, status: decisionStatus }),
  }),
  escalateDecision: z.looseObject({ ...success, decision: decisionDetail }),
  resolveDecision: z.looseObject({ ...success, decision: decisionDetail }),
  withdrawDecision: z.looseObject({ ...success, decision: decisionDetail }),
  listEscalations: z.looseObject({ escalations: z.array(escalation), ...page }),
  resolveEscalation: z.looseObject({ ...success, escalation }),
  getTaskEvents: events,
  listTasks: z.looseObject({ tasks: z.array(task), ...page }),
  createTask: z.looseObject({ ...success, task }),
  getTask: task,
  cancelTask: task,
  listDomains: z.looseObject({ domains: z.array(domain) }),
  addDomain: z.looseObject({ ...success, domain }),
  removeDomain: z.looseObject(success),
  listDomainUsage: z.looseObject({
    usage: z.array(
      z.looseObject({
        domain: z.string(),
        ...attempts,
        agents: z.array(z.string()),
        lastHour: time,
        days: z.array(z.looseObject({ day: z.iso.date(), ...attempts })),
      }),
    ),
    ...page,
  }),
  getDomainAttempts: z.looseObject({
    attempts: z.array(z.looseObject({ at: time, ...attempts })),
    from: time,
    to: time,
  }),
  listDomainRequests: z.looseObject({ requests: z.array(domainRequest) }),
  approveDomainRequest: z.looseObject({ ...success, request: domainRequest }),
  rejectDomainRequest: z.looseObject({ ...success, request: domainRequest }),
  searchKnowledge: z.looseObject({
    results: z.array(z.looseObject({ ...document, snippet: z.string(), score: z.number() })),
  }),
  listDocuments: z.looseObject({ documents: z.array(z.looseObject(document)), ...page }),
  getDocument: wholeDocument,
  addNote: z.looseObject({ ...success, document: wholeDocument }),
  changeNote: z.looseObject({ ...success, document: wholeDocument }),
  removeNote: z.looseObject(success),
  getUsage: z.looseObject({ usage: z.array(usage), from: time, to: time, ...page }),
  getUsageSeries: z.looseObject({
    from: time,
    to: time,
    step: count,
    total: callStats,
    series: z.array(
      z.looseObject({
        name: z.string().nullable(),
        total: callStats,
        points: z.array(callStats.extend({ at: time })),
      }),
    ),
  }),
  getBudgets: z.looseObject({ budgets: z.array(budget) }),
  getFocus: focus,
  changeFocus: z.looseObject({ ...success, focus }),
  listJobs: z.looseObject({ jobs: z.array(job) }),
  createJob: z.looseObject({ ...success, job }),
  changeJob: z.looseObject({ ...success, job }),
  removeJob: z.looseObject(success),
  pauseJob: z.looseObject({ ...success, job }),
  resumeJob: z.looseObject({ ...success, job }),
  runJob: z.looseObject({ ...success, run: jobRun }),
  listJobRuns: z.looseObject({ runs: z.array(jobRun) }),
  getSettings: z.looseObject({
    settings: z.looseObject({
      queue: z.looseObject({ delay_critical: count, delay_urgent: count, delay_high: count }),
      agents: z.looseObject({ loop_interval_ceo: count }),
    }),
  }),
  changeSetting: z.looseObject({
    ...success,
    setting: z.looseObject({
      category: z.string(),
      key: z.string(),
      value: z.unknown(),
      description: z.string(),
      updatedAt: time,
    }),
  }),
  getSettingsRegistry: z.looseObject({
    settings: z.array(
      z.looseObject({
        category: z.string(),
        key: z.string(),
        description: z.string(),
        unit: z.enum(['ms', 's', 'days']).nullable(),
        schema: z.string(),
        default: z.unknown(),
        value: z.unknown(),
        secret: z.boolean(),
        changedAt: timeOrNull,
        changedBy: z.string().nullable(),
      }),
    ),
    schemas: z.record(z.string(), z.looseObject({})),
  }),
  resetSetting: z.looseObject(success),
  listKeys: z.looseObject({ keys: z.array(key) }),
  createKey: z.looseObject({ ...success, key, secret: z.string().min(32) }),
  revokeKey: z.looseObject(success),
  createSession: z.looseObject({ ...success, expiresAt: time }),
  createSessionLink: z.looseObject({ path: z.string().startsWith('/dashboard/#code='), expiresAt: time }),
  openSession: z.looseObject({ ...success, expiresAt: time }),
  getSession: z.looseObject({ keyId: z.string(), name: z.string(), role: z.string(), expiresAt: time.nullable() }),
  endSession: z.looseObject(success),
  listNotifications: z.looseObject({ notifications: z.array(notification), ...page }),
  retryNotification: z.looseObject({ ...success, notification }),
  listChannels: z.looseObject({ channels: z.array(channel), ...page }),
  addChannel: z.looseObject({ ...success, channel, secret: z.string().min(32).optional() }),
  removeChannel: z.looseObject(success),
  showQuestion: z.string(),
  giveAnswer: z.string(),
  testChannel: z.looseObject({ ...success, notification }),
  runBenchmark: z.strictObject({ runId: id('bmr'), status: z.literal('running') }),
  listBenchmarkRuns: z.looseObject({ runs: z.array(benchmarkRun), ...page }),
  getBenchmarkRun: benchmarkRun.extend({ results: z.array(benchmarkResult) }),
  listBenchmarkAnswers: z.looseObject({ answers: z.array(benchmarkAnswer), ...page }),
  cancelBenchmark: z.looseObject({ ...success, run: benchmarkRun }),
  getLeaderboard: z.looseObject({ entries: z.array(leaderboardEntry), ...page }),
  listBenchmarkTasks: z.looseObject({
    tasks: z.array(
      z.looseObject({ id: z.string(), title: z.string(), grading: z.string(), items: count, version: z.string() }),
    ),
    judge: z.string().nullable(),
    codeRuns: z.enum(['docker', 'process']).nullable(),
  }),
  createTicket: z.looseObject({ ticket: z.string().min(32), expiresAt: time }),
} as const satisfies Record<RouteName, z.ZodType>;
export type Shapes = typeof shapes;
