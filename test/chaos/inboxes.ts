import type pg from 'pg';

/** A message that a human sent is kept as a note by the rehearsal, so its notes tell what an agent has read, and when. */
const readings = `
  select m.to_agent, m.seq, m.id, count(h.id)::int as times, min(h.id) as first
  from messages m left join agent_history h on h.agent_type = m.to_agent and h.action_type = 'remember'
    and h.summary like 'remember(key: message ' || m.id || ',%'
  where m.from_actor like 'operator:%'
  group by m.to_agent, m.seq, m.id
  order by m.to_agent, m.seq`;

const backwards = `
  select id, agent_type, read_to, before from (
    select id, agent_type, read_to, max(read_to) over (
      partition by agent_type order by started_at, id rows between unbounded preceding and 1 preceding
    ) as before
    from agent_loops where read_to > 0
  ) reading where read_to < before`;

/** Each reader of an inbox has seen each message once, in order, and none is left unread. */
export async function checkInboxes(pool: pg.Pool): Promise<string[]> {
  const { rows: read } = await pool.query(readings);
  const { rows: unread } = await pool.query(
    'select m.id, m.to_agent from messages m join agents a on a.type = m.to_agent where m.seq > a.inbox_cursor',
  );
  const { rows: reread } = await pool.query(backwards);
  const disordered = read.filter((row, at) => {
    const before = read[at - 1];
    return before?.to_agent === row.to_agent && before.first > row.first;
  });
  return [
    ...unread.map(({ id, to_agent }) => `message ${id} was not read by ${to_agent}`),
    ...read
      .filter(({ times }) => times !== 1)
      .map(({ id, to_agent, times }) => `message ${id} was noted ${times} times by ${to_agent}`),
    ...disordered.map(({ id, to_agent }) => `message ${id} was noted by ${to_agent} before an earlier one`),
    ...reread.map(({ id, read_to, before }) => `loop ${id} read up to ${read_to}, an earlier one up to ${before}`),
  ];
}
