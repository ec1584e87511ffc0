import { isDeepStrictEqual } from 'node:util';

export interface EventRow {
  readonly seq: string;
  readonly event_type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export type Row = Readonly<Record<string, unknown>>;

/** One kind of row, and the story that the log must tell of each: no less, and no more. */
export interface Account {
  readonly name: string;
  readonly sql: string;
  readonly events: readonly string[];
  readonly subject: (payload: EventRow['payload']) => unknown;
  readonly isTold: (row: Row, story: readonly EventRow[]) => boolean;
}

const typesOf = (story: readonly EventRow[]) => story.map(({ event_type }) => event_type);

/** What may follow on what. */
const taskSteps: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  none: { task_created: 'pending' },
  pending: { task_claimed: 'in_progress', task_cancelled: 'cancelled' },
  in_progress: {
    task_released: 'pending',
    task_completed: 'completed',
    task_failed: 'failed',
    task_cancelled: 'cancelled',
  },
};

const tasks: Account = {
  name: 'task',
  sql: 'select id, status, attempts, result from tasks',
  events: ['task_created', 'task_claimed', 'task_released', 'task_completed', 'task_failed', 'task_cancelled'],
  subject: ({ taskId }) => taskId,
  isTold({ status, attempts, result }, story) {
    const types = typesOf(story);
    const end = types.reduce((at, type) => taskSteps[at]?.[type] ?? `${type} after ${at}`, 'none');
    const last = story.at(-1)?.payload;
    const told = last?.['result'] ?? last?.['reason'] ?? null;
    return end === status && types.filter((type) => type === 'task_claimed').length === attempts && told === result;
  },
};

const decisions: Account = {
  name: 'decision',
  sql: `select d.id, d.status, d.round,
      (select count(*)::int from decision_votes v where v.decision_id = d.id) as votes,
      (select count(*)::int from decision_statements s where s.decision_id = d.id and s.statement is not null) as statements,
      (select count(*)::int from decision_actions a where a.decision_id = d.id and a.status in ('done', 'failed')) as actions
    from decisions d`,
  events: [
    'decision_proposed',
    'decision_voted',
    'decision_statement',
    'decision_round_started',
    'decision_resolved',
    'decision_withdrawn',
    'action_executed',
    'action_failed',
  ],
  subject: ({ decisionId }) => decisionId,
  isTold({ status, round, votes, statements, actions }, story) {
    const types = typesOf(story);
    const count = (...wanted: readonly string[]) => types.filter((type) => wanted.includes(type)).length;
    const ends = story
      .filter(({ event_type }) => event_type === 'decision_resolved')
      .map(({ payload }) => payload['status']);
    const isFinal = status !== 'pending' && status !== 'escalated';
    return (
      types[0] === 'decision_proposed' &&
      count('decision_proposed') === 1 &&
      count('decision_voted') === votes &&
      count('decision_statement') === statements &&
      count('decision_round_started') === Number(round) - 1 &&
      count('action_executed', 'action_failed') === actions &&
      count('decision_withdrawn') === (status === 'withdrawn' ? 1 : 0) &&
      isDeepStrictEqual(ends, isFinal ? [status] : [])
    );
  },
};

const votes: Account = {
  name: 'vote',
  sql: `select decision_id || '/' || round || '/' || voter_type as id, vote, reason from decision_votes`,
  events: ['decision_voted'],
  subject: ({ decisionId, round, voterType }) => `${String(decisionId)}/${String(round)}/${String(voterType)}`,
  isTold: ({ vote, reason }, story) =>
    once(story, ({ payload }) => payload['vote'] === vote && payload['reason'] === reason),
};

const escalations: Account = {
  name: 'escalation',
  sql: 'select id, status, reason from escalations',
  events: ['escalation_created', 'escalation_resolved'],
  subject: ({ escalationId }) => escalationId,
  isTold: ({ status, reason }, story) =>
    isDeepStrictEqual(typesOf(story), [
      'escalation_created',
      ...(status === 'resolved' ? ['escalation_resolved'] : []),
    ]) && story[0]?.payload['reason'] === reason,
};

const messages: Account = {
  name: 'message',
  sql: 'select id, body, to_agent from messages',
  events: ['message_sent'],
  subject: ({ messageId }) => messageId,
  isTold: ({ body, to_agent }, story) =>
    once(story, ({ payload }) => payload['message'] === body && payload['agentType'] === to_agent),
};

const loops: Account = {
  name: 'loop',
  sql: 'select id, status from agent_loops',
  events: ['loop_finished'],
  subject: ({ loopId }) => loopId,
  isTold: ({ status }, story) =>
    status === 'running' ? story.length === 0 : once(story, ({ payload }) => payload['outcome'] === status),
};

const lives: Account = {
  name: 'life',
  sql: `select id, started_at is not null as started, ended_at is not null as ended,
    stop_requested_at is not null and not stop_counts as asked from agent_instances`,
  events: ['agent_started', 'agent_exited', 'agent_stopped'],
  subject: ({ instanceId }) => instanceId,
  isTold: ({ started, ended, asked }, story) =>
    isDeepStrictEqual(typesOf(story), [
      ...(started ? ['agent_started'] : []),
      ...(ended ? ['agent_exited'] : []),
      ...(ended && asked ? ['agent_stopped'] : []),
    ]),
};

const once = (story: readonly EventRow[], fits: (event: EventRow) => boolean): boolean =>
  story.length === 1 && story.every(fits);

export const accounts: readonly Account[] = [tasks, decisions, votes, escalations, messages, loops, lives];
