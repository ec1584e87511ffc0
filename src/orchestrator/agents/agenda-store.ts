import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Queryable } from '../platform/postgres.ts';
import type { AgendaItem, WakeAttempt } from './agenda.ts';
import { wakeAttempts } from './tables.ts';

export interface AgendaQuery {
  readonly agentTypes: readonly string[];
  readonly now: number;
  /** Up to here the inboxes are settled. */
  readonly horizon: number;
  readonly wipLimit: number;
  /** Voters of a later round are asked once the statements are in, or after so long. */
  readonly statementWindowMs: number;
}

/**
 * Everything that waits for these agents, read in one statement from the rooms' tables. It lives here because
 * an agenda is a view over all of them; nothing is written. Agents with a loop at work are left out. What was made after
 * now was made before the clock was set back: its delay would last for as long, so it is due.
 */
export async function readAgendas(db: Queryable, query: AgendaQuery): Promise<Map<string, AgendaItem[]>> {
  const now = sql`${new Date(query.now).toISOString()}::timestamptz`;
  const types = sql.join(
    query.agentTypes.map((type) => sql`${type}`),
    sql`, `,
  );
  const { rows } = await db.execute<{ agent_type: string } & Record<keyof AgendaItem, string>>(sql`
    with idle as (
      select a.type, a.inbox_cursor, i.id as instance_id
      from agents a join agent_instances i on i.agent_type = a.type and i.ended_at is null
      where a.type in (${types}) and not exists (
        select from agent_loops l where l.agent_type = a.type and l.status = 'running'
      )
    ),
    unread as (
      select idle.type, max(m.seq) as newest, bool_or(m.from_actor like 'operator:%') as from_operator
      from idle join messages m on m.to_agent = idle.type and m.seq > idle.inbox_cursor and m.seq <= ${query.horizon}
      where m.wake_at <= ${now} or m.created_at > ${now}
      group by idle.type
    ),
    in_progress as (
      select idle.type, count(*) as count
      from idle join tasks t on t.assigned_to = idle.type and t.status = 'in_progress' group by idle.type
    )
    select type as agent_type, case when from_operator then 'operator' else 'message' end as reason,
      'inbox' as subject, newest::text as fingerprint
    from unread
    union all
    select idle.type, 'task', t.id, t.status || ' ' || t.attempts
    from idle join tasks t on t.assigned_to = idle.type and t.status = 'pending'
        and (t.wake_at <= ${now} or t.created_at > ${now})
      left join in_progress p on p.type = idle.type
    where coalesce(p.count, 0) < ${query.wipLimit}
    union all
    select idle.type, 'task', t.id, t.status || ' ' || t.attempts || ' ' || coalesce((
        select string_agg(d.id || d.status, ' ' order by d.id) from decisions d where d.task_id = t.id
      ), '')
    from idle join tasks t on t.claimed_by = idle.instance_id and t.status = 'in_progress'
    where not exists (select from decisions d where d.task_id = t.id and d.status in ('pending', 'escalated'))
    union all
    select idle.type, 'decision', d.id, 'vote ' || d.round
    from idle join decisions d on d.status = 'pending' and d.rule->'voters' ? idle.type
    where not exists (
        select from decision_votes v where v.decision_id = d.id and v.round = d.round and v.voter_type = idle.type
      ) and (
        d.round_started_at <= ${now} - ${query.statementWindowMs} * interval '1 millisecond' or not exists (
          select from decision_statements s where s.decision_id = d.id and s.round = d.round and s.statement is null
        )
      )
    union all
    select idle.type, 'decision', d.id, 'statement ' || d.round
    from idle join decision_statements s on s.agent_type = idle.type and s.statement is null
      join decisions d on d.id = s.decision_id and d.round = s.round and d.status = 'pending'
  `);
  const agendas = new Map<string, AgendaItem[]>();
  for (const { agent_type, reason, subject, fingerprint } of rows) {
    const items = agendas.get(agent_type) ?? [];
    items.push({ reason: reason as AgendaItem['reason'], subject, fingerprint });
    agendas.set(agent_type, items);
  }
  return agendas;
}

export async function readAttempts(db: Queryable, agentTypes: readonly string[]): Promise<Map<string, WakeAttempt[]>> {
  const rows = await db
    .select()
    .from(wakeAttempts)
    .where(inArray(wakeAttempts.agentType, [...agentTypes]));
  return new Map(agentTypes.map((type) => [type, rows.filter(({ agentType }) => agentType === type)]));
}

/** Counts one more wake for each item; a new fingerprint begins at one. */
export async function countAttempts(
  db: Queryable,
  { agentType, items, now }: { agentType: string; items: readonly AgendaItem[]; now: number },
): Promise<void> {
  if (items.length === 0) return;
  await db
    .insert(wakeAttempts)
    .values(items.map((item) => ({ agentType, ...item, attempts: 1, lastAt: now })))
    .onConflictDoUpdate({
      target: [wakeAttempts.agentType, wakeAttempts.reason, wakeAttempts.subject],
      set: {
        attempts: sql`case when ${wakeAttempts.fingerprint} = excluded.fingerprint then ${wakeAttempts.attempts} + 1 else 1 end`,
        fingerprint: sql`excluded.fingerprint`,
        lastAt: sql`excluded.last_at`,
        broken: false,
      },
    });
}

/** Takes back one wake of each item that the loop at work was woken for. */
export async function uncountAttempts(db: Queryable, agentType: string): Promise<void> {
  await db.execute(sql`
    update wake_attempts w set attempts = greatest(w.attempts - 1, 0)
    from agent_loops l, jsonb_array_elements(l.wakes) wake, jsonb_array_elements_text(wake->'subjects') subject
    where l.agent_type = ${agentType} and l.status = 'running' and w.agent_type = l.agent_type
      and w.reason = wake->>'reason' and w.subject = subject`);
}

/** False when it was marked before. */
export async function markBroken(db: Queryable, agentType: string, item: AgendaItem): Promise<boolean> {
  const { rowCount } = await db
    .update(wakeAttempts)
    .set({ broken: true })
    .where(
      and(
        eq(wakeAttempts.agentType, agentType),
        eq(wakeAttempts.reason, item.reason),
        eq(wakeAttempts.subject, item.subject),
        eq(wakeAttempts.fingerprint, item.fingerprint),
        eq(wakeAttempts.broken, false),
      ),
    );
  return rowCount === 1;
}

/** What an agent that runs in circles is stuck on, as one name. */
export const stuckSubject = (agentType: string, { reason, subject }: Pick<AgendaItem, 'reason' | 'subject'>): string =>
  `${agentType}/${reason}/${subject}`;

export async function forgetAttempts(db: Queryable, stuck: string): Promise<void> {
  const { agentType, reason, subject } = wakeAttempts;
  await db.delete(wakeAttempts).where(sql`${agentType} || '/' || ${reason} || '/' || ${subject} = ${stuck}`);
}
