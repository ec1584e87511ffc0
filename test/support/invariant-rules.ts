/** One promise that holds at every moment, as a query for what breaks it: rows of `subject` and `detail`. */
export interface InvariantRule {
  readonly name: string;
  readonly sql: string;
}

/** The agent is wanted, lives, and has nothing in hand: what is due for it must reach it. */
const idle = (type: string) => `exists (
    select from agents a join agent_instances i on i.agent_type = a.type and i.ended_at is null
    where a.type = ${type} and a.desired = 'running' and i.started_at is not null
      and not exists (select from agent_loops l where l.agent_type = a.type and l.status = 'running')
  )`;

/** It runs in circles, and a human has not answered yet. */
const humanCalled = `exists (
        select from escalations e where e.kind = 'agent_stuck' and e.status = 'open'
          and e.subject = w.agent_type || '/' || w.reason || '/' || w.subject
      )`;

/** It was woken for the thing as it stands: its next wake is a matter of time, or a human has been called. */
const woken = (item: {
  type: string;
  reason: string;
  subject: string;
  fingerprint: string;
  retryMs: number;
}) => `exists (
    select from wake_attempts w
    where w.agent_type = ${item.type} and w.reason = ${item.reason} and w.subject = ${item.subject}
      and w.fingerprint = ${item.fingerprint}
      and (w.broken and ${humanCalled} or not w.broken and now() < w.last_at + ${item.retryMs} * 2 ^ (w.attempts - 1) * interval '1 millisecond')
  )`;

const wipLimit = `coalesce((select (value #>> '{}')::int from settings
    where category = 'tasks' and key = 'max_concurrent_per_agent'), 2)`;
const statementWindow = `coalesce((select (value #>> '{}')::int from settings
    where category = 'decisions' and key = 'statement_window'), 120) * interval '1 second'`;

/** Longer than any delay that a setting allows. */
const longestDelay = `interval '24 hours'`;
/** A start takes its time, and waits for its turn; the runtime gives up after as long. */
const longestStart = `interval '60 seconds'`;

const taskInProgress = `
  select t.id as subject, format('held by %s until %s', coalesce(t.claimed_by, 'nobody'), t.lease_until) as detail
  from tasks t
  where t.status = 'in_progress' and not coalesce(t.lease_until > now() and exists (
    select from agent_instances i where i.id = t.claimed_by and i.agent_type = t.assigned_to and i.ended_at is null
  ), false)`;

const taskPending = (retryMs: number) => `
  select t.id as subject, format('for %s, due since %s', t.assigned_to, t.wake_at) as detail
  from tasks t
  where t.status = 'pending' and (
    not exists (select from agents a where a.type = t.assigned_to)
    or t.wake_at > now() + ${longestDelay}
    or t.claimed_by is not null
    or t.wake_at <= now() and ${idle('t.assigned_to')}
      and (select count(*) from tasks o where o.assigned_to = t.assigned_to and o.status = 'in_progress') < ${wipLimit}
      and not ${woken({ type: 't.assigned_to', reason: `'task'`, subject: 't.id', fingerprint: `'pending ' || t.attempts`, retryMs })}
  )`;

const decisionPending = (retryMs: number) => `
  select d.id as subject, format('round %s, deadline %s, missing %s', d.round, d.deadline_at,
    coalesce(string_agg(v.voter, ', '), 'nobody')) as detail
  from decisions d left join lateral (
    select voter from jsonb_array_elements_text(d.rule -> 'voters') as voters (voter)
    where not exists (
      select from decision_votes c where c.decision_id = d.id and c.round = d.round and c.voter_type = voter
    )
  ) v on true
  where d.status = 'pending'
  group by d.id
  having d.deadline_at is null or d.deadline_at <= now() or count(v.voter) = 0 or bool_or(
    ${idle('v.voter')}
    and not ${woken({ type: 'v.voter', reason: `'decision'`, subject: 'd.id', fingerprint: `'vote ' || d.round`, retryMs })}
    and (d.round_started_at <= now() - ${statementWindow} or not exists (
      select from decision_statements s where s.decision_id = d.id and s.round = d.round and s.statement is null
    ))
  )`;

const escalationOwner = `
  select d.id as subject, 'escalated, and no human is asked' as detail
  from decisions d where d.status = 'escalated' and not exists (
    select from escalations e where e.kind = 'decision' and e.subject = d.id and e.status = 'open'
  )
  union all
  select e.id, format('it asks for %s, which does not wait', e.subject)
  from escalations e where e.status = 'open' and (
    e.kind = 'decision' and not exists (select from decisions d where d.id = e.subject and d.status = 'escalated')
    or e.kind <> 'decision' and not exists (select from agents a where a.type = split_part(e.subject, '/', 1))
  )
  union all
  select w.agent_type || '/' || w.reason || '/' || w.subject, 'given up, and no human was called'
  from wake_attempts w where w.broken and not exists (
    select from escalations e
    where e.kind = 'agent_stuck' and e.subject = w.agent_type || '/' || w.reason || '/' || w.subject
  )
  union all
  select e.id, 'nobody has a key to answer it' from escalations e
  where e.status = 'open' and not exists (
    select from api_keys k where k.role = 'admin' and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
  )`;

const agentWanted = `
  select a.type as subject, format('%s (%s), next attempt %s', a.status, a.because, a.next_attempt_at) as detail
  from agents a left join agent_instances i on i.agent_type = a.type and i.ended_at is null
  where a.desired = 'running' and i.started_at is null and not case a.status
    when 'backing_off' then coalesce(a.next_attempt_at > now(), false)
    when 'failed' then exists (
      select from escalations e
      where e.kind = 'agent_failed' and e.subject = a.type and e.created_at >= a.forgiven_at
    )
    when 'starting' then exists (
      select from events e where e.event_type = 'agent_status' and e.agent_type = a.type
        and e.payload ->> 'status' = 'starting' and e.created_at > now() - ${longestStart}
    )
    else coalesce(i.created_at > now() - ${longestStart}, false) end`;

const inboxUnread = (retryMs: number) => `
  select m.id as subject, format('for %s since %s', m.to_agent, m.wake_at) as detail
  from messages m join agents a on a.type = m.to_agent
  where m.seq > a.inbox_cursor and m.wake_at <= now() and ${idle('m.to_agent')} and m.seq <= event_horizon()
    and not exists (
      select from wake_attempts w where w.agent_type = m.to_agent and w.subject = 'inbox' and w.fingerprint::bigint >= m.seq
        and (w.broken and ${humanCalled} or not w.broken and now() < w.last_at + ${retryMs} * 2 ^ (w.attempts - 1) * interval '1 millisecond')
    )`;

const loopRunning = `
  select l.id as subject, format('%s in %s', l.agent_type, l.instance_id) as detail
  from agent_loops l where l.status = 'running' and not exists (
    select from agent_instances i where i.id = l.instance_id and i.ended_at is null
  )`;

/** `retryMs`: as LOOP_RETRY_MS, between two wakes for the same unchanged thing. */
export const invariantRules = (retryMs: number): readonly InvariantRule[] => [
  { name: 'a task in progress has a live claim', sql: taskInProgress },
  { name: 'a pending task has something that will wake its assignee', sql: taskPending(retryMs) },
  { name: 'a pending decision has a voter told and a deadline', sql: decisionPending(retryMs) },
  { name: 'an escalation has an owner', sql: escalationOwner },
  { name: 'a wanted agent runs or has a time for its next attempt', sql: agentWanted },
  { name: 'a message that is due wakes its reader', sql: inboxUnread(retryMs) },
  { name: 'a loop at work belongs to a life', sql: loopRunning },
];
