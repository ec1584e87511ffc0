import pg from 'pg';

const perStatement = 250_000;

/** Lengthens the real log, indexes, trigger and all, to so many events. Not in one statement: that would hold the horizon back. */
export async function lengthenLog(databaseUrl: string, to: number): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    for (;;) {
      const { rows } = await client.query<{ count: string }>('select count(*) as count from events');
      const missing = to - Number(rows[0]?.count);
      if (missing <= 0) break;
      await client.query(insert, [Math.min(missing, perStatement)]);
    }
    // The relay of a log that long has long published it.
    const cursor = 'insert into relay_cursors (name, seq) select $1, coalesce(max(seq), 0) from events';
    await client.query(`${cursor} on conflict (name) do update set seq = excluded.seq`, ['bus']);
    await client.query('vacuum analyze events');
  } finally {
    await client.end();
  }
}

const insert = `
  insert into events (event_type, agent_type, payload, created_at)
  select (array['loop_finished', 'task_created', 'decision_voted', 'alert_raised'])[1 + n % 4],
    (array['ceo', 'dao', 'cmo', 'cto', 'cfo', 'coo', 'cco'])[1 + n % 7],
    jsonb_build_object('agentType', 'ceo', 'actor', 'system', 'message', repeat('x', 60)), now()
  from generate_series(1, $1) n`;
