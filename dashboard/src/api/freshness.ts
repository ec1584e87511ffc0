import type { QueryClient } from '@tanstack/react-query';
import type { JsonRouteName } from '../../../src/contracts/client.ts';
import type { EventType } from '../../../src/contracts/event.ts';

const agents = ['listAgents', 'getAgent', 'getAgentHistory', 'listAgentLoops'] as const;
const tasks = ['listTasks', 'getTask', 'getTaskEvents'] as const;
const decisions = ['listDecisions', 'listPendingDecisions', 'getDecision', 'getDecisionEvents'] as const;
const domains = ['listDomains', 'listDomainRequests'] as const;
const attempts = ['listDomainUsage', 'getDomainAttempts'] as const;
const documents = ['listDocuments', 'getDocument', 'searchKnowledge'] as const;
const spending = ['getUsage', 'getBudgets'] as const;
const benchmarks = ['listBenchmarkRuns', 'getBenchmarkRun', 'listBenchmarkAnswers', 'getLeaderboard'] as const;
const jobs = ['listJobs', 'listJobRuns'] as const;
const channels = ['listChannels', 'listNotifications'] as const;

/** Which answers are out of date once something has happened. A new kind of event does not compile without its line. */
const touched: Record<EventType, readonly JsonRouteName[]> = {
  agent_started: agents,
  agent_stopped: agents,
  agent_exited: agents,
  agent_status: agents,
  agent_paused: agents,
  agent_resumed: agents,
  agent_failed: [...agents, 'listEscalations'],
  alert_raised: [],
  alert_cleared: [],
  message_sent: [],
  loop_finished: [...agents, ...spending],
  task_created: tasks,
  task_claimed: [...tasks, ...agents],
  task_released: tasks,
  task_completed: tasks,
  task_failed: tasks,
  task_groomed: tasks,
  task_cancelled: tasks,
  decision_proposed: decisions,
  decision_voted: decisions,
  decision_statement: decisions,
  decision_round_started: decisions,
  decision_resolved: decisions,
  decision_withdrawn: decisions,
  escalation_created: ['listEscalations', ...decisions],
  escalation_resolved: ['listEscalations', ...decisions],
  action_executed: decisions,
  action_failed: decisions,
  domain_requested: domains,
  domain_approved: domains,
  domain_rejected: domains,
  domain_removed: domains,
  egress_denied: attempts,
  document_created: documents,
  document_updated: documents,
  document_removed: documents,
  setting_changed: ['getSettings', 'getSettingsRegistry', 'getFocus', 'getBudgets'],
  budget_warning: spending,
  budget_exhausted: [...spending, 'listEscalations'],
  benchmark_started: benchmarks,
  benchmark_finished: benchmarks,
  job_created: jobs,
  job_changed: jobs,
  job_removed: jobs,
  job_finished: jobs,
  job_failed: jobs,
  channel_changed: channels,
  channel_removed: channels,
  notification_failed: channels,
  key_created: ['listKeys'],
  key_revoked: ['listKeys'],
};

/** What a call of ours changes shows in the same rooms as its events; the dashboard need not wait for them. */
const rooms: readonly (readonly [RegExp, readonly JsonRouteName[]])[] = [
  [/Agent/, agents],
  [/Task/, tasks],
  [/Decision|Vote|Escalation/, [...decisions, 'listEscalations']],
  [/Domain/, domains],
  [/Note/, documents],
  [/Setting|Focus/, touched.setting_changed],
  [/Benchmark/, benchmarks],
  [/Job/, jobs],
  [/Channel|Notification/, channels],
  [/Key/, ['listKeys']],
];

export const touchedByCall = (name: string): ReadonlySet<string> =>
  new Set(rooms.flatMap(([pattern, names]) => (pattern.test(name) ? names : [])));

/** Between two readings of the same answer, however much happens. A key may call 300 times a minute, and is in several tabs. */
const settleMs = 4_000;
const gatherMs = 150;

export interface Refresher {
  /** Something happened: what shows it is read anew, soon. */
  note(type: EventType): void;
  stop(): void;
}

/** Reads anew what events have outdated: at once after a calm, at most every few seconds in a storm. */
export function createRefresher(queries: QueryClient): Refresher {
  const outdated = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  function read(): void {
    timer = undefined;
    readAt = performance.now();
    const names = new Set(outdated);
    outdated.clear();
    void queries.invalidateQueries({ predicate: ({ queryKey }) => names.has(String(queryKey[0])) });
  }

  return {
    note(type) {
      for (const name of touched[type]) outdated.add(name);
      if (outdated.size === 0 || timer !== undefined) return;
      timer = setTimeout(read, Math.max(gatherMs, settleMs - (performance.now() - readAt)));
    },
    stop: () => clearTimeout(timer),
  };
}
