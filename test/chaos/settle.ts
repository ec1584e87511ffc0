import type pg from 'pg';
import { call } from '../support/boardroom.ts';
import { eventually } from '../support/eventually.ts';

const settlingMsMax = 180_000;

const unsettled = `
  select 'task ' || id || ' for ' || assigned_to || ' is ' || status as what from tasks where status in ('pending', 'in_progress')
  union all select 'decision ' || id || ' is ' || status || ': ' || because from decisions where status in ('pending', 'escalated')
  union all select 'loop ' || id || ' of ' || agent_type || ' is running' from agent_loops where status = 'running'
  union all select 'message ' || m.id || ' to ' || to_agent || ' is unread'
    from messages m join agents a on a.type = m.to_agent where m.seq > a.inbox_cursor`;

/** Nobody disturbs any more, and a human answers what waits for one: all that was begun must come to its end. */
export async function settle(pool: pg.Pool, url: string): Promise<string[]> {
  const settled = eventually(
    async () => {
      const { rows } = await pool.query<{ subject: string }>(
        `select subject from escalations where status = 'open' and kind = 'decision'`,
      );
      for (const { subject } of rows) {
        const body = { decision: 'approve', reason: 'settled' };
        await call(`${url}/decisions/${subject}/resolve`, 'POST', { body });
      }
      return (await pool.query(unsettled)).rowCount === 0 || undefined;
    },
    { withinMs: settlingMsMax },
  );
  await settled.catch(() => undefined);
  const { rows } = await pool.query<{ what: string }>(unsettled);
  return rows.map(({ what }) => `never came to its end: ${what}`);
}
