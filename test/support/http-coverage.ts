import { expect, test } from 'vitest';
import type { ErrorCode } from '../../src/contracts/errors.ts';
import type { Route } from '../../src/contracts/route.ts';
import { type Routes, routes } from '../../src/contracts/routes.ts';

export type RouteName = keyof Routes;

/** How a route answers: a status when it does what it is for, a code when it refuses. */
export type Outcome = 200 | 201 | 202 | 503 | ErrorCode;

export const rows: Readonly<Record<RouteName, Route>> = routes;
/** From the table itself, so that a new route joins every test that goes over this list. */
export const routeNames = Object.keys(routes).filter((name): name is RouteName => name in routes);

/** Which file (its name without .test.ts) proves what is a route's own: its success and its `errors`. A new route does not compile without one. */
export const bookOf = {
  getHealth: 'system-routes',
  getReadiness: 'guard-database',
  getSystemHealth: 'system-routes',
  getMetrics: 'system-routes',
  getOpenapi: 'openapi-routes',
  getDocs: 'openapi-routes',
  getDocsScript: 'openapi-routes',
  listAgents: 'agents-routes',
  getAgent: 'agents-routes',
  getAgentProfile: 'agents-routes',
  listAgentLoops: 'agent-loops-routes',
  getAgentHistory: 'agents-routes',
  getAgentEvents: 'agents-routes',
  messageAgent: 'agents-routes',
  getAgentLogs: 'agent-logs-routes',
  startAgent: 'agent-operations-routes',
  stopAgent: 'agent-operations-routes',
  restartAgent: 'agent-operations-routes',
  pauseAgent: 'kill-switch-routes',
  stopAllAgents: 'kill-switch-routes',
  startAllAgents: 'kill-switch-routes',
  listEvents: 'events-routes',
  listDecisions: 'decisions-routes',
  listPendingDecisions: 'decisions-routes',
  getDecision: 'decisions-routes',
  getDecisionEvents: 'decisions-routes',
  proposeDecision: 'decisions-routes',
  castVote: 'votes-routes',
  escalateDecision: 'votes-routes',
  resolveDecision: 'votes-routes',
  withdrawDecision: 'votes-routes',
  listEscalations: 'escalations-routes',
  resolveEscalation: 'escalations-routes',
  listTasks: 'tasks-routes',
  createTask: 'tasks-routes',
  getTask: 'tasks-routes',
  getTaskEvents: 'tasks-routes',
  cancelTask: 'tasks-routes',
  listDomains: 'domains-routes',
  addDomain: 'domains-routes',
  removeDomain: 'domains-routes',
  listDomainUsage: 'domain-usage-routes',
  getDomainAttempts: 'domain-usage-routes',
  listDomainRequests: 'domains-routes',
  approveDomainRequest: 'domains-routes',
  rejectDomainRequest: 'domains-routes',
  searchKnowledge: 'knowledge-routes',
  listDocuments: 'knowledge-routes',
  getDocument: 'knowledge-routes',
  addNote: 'knowledge-routes',
  changeNote: 'knowledge-routes',
  removeNote: 'knowledge-routes',
  getUsage: 'budgets-routes',
  getUsageSeries: 'budgets-routes',
  getBudgets: 'budgets-routes',
  getFocus: 'focus-routes',
  changeFocus: 'focus-routes',
  listJobs: 'jobs-routes',
  createJob: 'jobs-routes',
  changeJob: 'jobs-routes',
  removeJob: 'jobs-routes',
  pauseJob: 'jobs-routes',
  resumeJob: 'jobs-routes',
  runJob: 'jobs-routes',
  listJobRuns: 'jobs-routes',
  getSettings: 'settings-routes',
  getSettingsRegistry: 'settings-routes',
  changeSetting: 'settings-routes',
  resetSetting: 'settings-routes',
  listKeys: 'keys-routes',
  createKey: 'keys-routes',
  revokeKey: 'keys-routes',
  createSession: 'sessions-routes',
  createSessionLink: 'sessions-routes',
  openSession: 'sessions-routes',
  getSession: 'sessions-routes',
  endSession: 'sessions-routes',
  createTicket: 'sessions-routes',
  listNotifications: 'notifications-routes',
  retryNotification: 'notifications-routes',
  listChannels: 'notifications-routes',
  addChannel: 'notifications-routes',
  removeChannel: 'notifications-routes',
  testChannel: 'notifications-routes',
  showQuestion: 'answers-routes',
  giveAnswer: 'answers-routes',
  runBenchmark: 'benchmark-routes',
  listBenchmarkRuns: 'benchmark-routes',
  getBenchmarkRun: 'benchmark-routes',
  listBenchmarkAnswers: 'benchmark-routes',
  cancelBenchmark: 'benchmark-routes',
  getLeaderboard: 'benchmark-routes',
  listBenchmarkTasks: 'benchmark-routes',
} as const satisfies Record<RouteName, string>;
type Book = (typeof bookOf)[RouteName];

/** What stands before the handlers gives these, for many routes alike; one file proves each for the whole table. */
export const guardFiles = {
  invalid_request: 'guard-input',
  unauthenticated: 'guard-identity',
  not_allowed: 'guard-identity',
  foreign_origin: 'guard-origin',
  misdirected_request: 'guard-host',
  payload_too_large: 'guard-body',
  unsupported_media_type: 'guard-body',
  rate_limited: 'guard-key-limit',
  dependency_unavailable: 'guard-database',
} as const satisfies Partial<Record<ErrorCode, string>>;
export type Guard = keyof typeof guardFiles;

export const isKeyed = ({ role }: Route): boolean => role !== 'public' && role !== 'local';
export const takesBody = ({ method, accepts }: Route): boolean => method !== 'get' && accepts === 'json';

const guardApplies: Readonly<Record<Guard, (row: Route) => boolean>> = {
  invalid_request: () => true,
  unauthenticated: isKeyed,
  not_allowed: ({ role }) => role === 'operator' || role === 'admin',
  foreign_origin: () => true,
  misdirected_request: () => true,
  payload_too_large: takesBody,
  unsupported_media_type: takesBody,
  rate_limited: isKeyed,
  // Who calls is looked up in the database.
  dependency_unavailable: isKeyed,
};

export const guardedBy = (guard: Guard): RouteName[] => routeNames.filter((name) => guardApplies[guard](rows[name]));

const ownOutcomes = (name: RouteName): Outcome[] => {
  const { status, lateStatus, errors } = rows[name];
  // The one answer that a row has no column for: /ready says that it is not, in its own words.
  const besides = name === 'getReadiness' ? [503 as const] : [];
  return [status, ...(lateStatus === undefined ? [] : [lateStatus]), ...besides, ...errors];
};

/** All that a route may answer; anything else is a surprise to its callers. */
export const declared = (name: RouteName): Outcome[] => [
  ...ownOutcomes(name),
  ...Object.keys(guardApplies).filter((guard): guard is Guard => isGuard(guard) && guardApplies[guard](rows[name])),
];

const isGuard = (code: string): code is Guard => code in guardFiles;

const seen = new Set<string>();
const entry = (name: RouteName, outcome: Outcome) => `${name} answers ${outcome}`;

/** Called with each real answer, and with nothing else. */
export const noteSeen = (name: RouteName, outcome: Outcome): void => void seen.add(entry(name, outcome));

/** The last test of a file: all that its routes declare for themselves has really been answered in it. */
export function closeBook(book: Book): void {
  const own = routeNames.filter((name) => bookOf[name] === book);
  test.each(own)('%s has given every answer that its row declares', (name) => {
    expect(unseen(ownOutcomes(name).map((outcome) => entry(name, outcome)))).toEqual([]);
  });
}

/** The last test for a guard: every route that stands behind it has really refused with its code in this file. */
export function closeGuard(guard: Guard): void {
  test(`every route that can answer ${guard} has answered it`, () => {
    expect(unseen(guardedBy(guard).map((name) => entry(name, guard)))).toEqual([]);
  });
}

const unseen = (answers: readonly string[]) => answers.filter((answer) => !seen.has(answer));
