import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { call } from '../support/boardroom.ts';

/** There may be much to do after a long storm; there must never be so long a time in which nothing is done. */
const stallMsMax = 60_000;
const lookEveryMs = 500;
const done = `
  select (select count(*) from tasks where status not in ('pending', 'in_progress'))
    + (select count(*) from decisions where status not in ('pending', 'escalated')) as count`;

const unsettled = `
  select 'task ' || id || ' for ' || assigned_to || ' is ' || status as what from tasks where status in ('pending', 'in_progress')
  union all select 'decision ' || id || ' is ' || status || ': ' || because from decisions where status in ('pending', 'escalated')
  union all select 'loop ' || id || ' of ' || agent_type || ' is running' from agent_loops where status = 'running'
  union all select 'message ' || m.id || ' to ' || to_agent || ' is unread'
    from messages m join agents a on a.type = m.to_agent where m.seq > a.inbox_cursor`;

/** Nobody disturbs any more, and a human answers what waits for one: all that was begun must come to its end. */
export async function settle(pool: pg.Pool, url: string): Promise<string[]> {
  let progress = { count: '', at: performance.now() };
  for (;;) {
    await answerAll(pool, url);
    const { rows } = await pool.query<{ what: string }>(unsettled);
    const [made] = (await pool.query<{ count: string }>(done)).rows;
    if (made && made.count !== progress.count) progress = { count: made.count, at: performance.now() };
    if (rows.length === 0 || performance.now() - progress.at > stallMsMax)
      return rows.map(({ what }) => `never came to its end: ${what}`);
    await sleep(lookEveryMs);
  }
}

async function answerAll(pool: pg.Pool, url: string): Promise<void> {
  const { rows } = await pool.query<{ subject: string }>(
    `select subject from escalations where status = 'open' and kind = 'decision'`,
  );
  for (const { subject } of rows) {
    const body = { decision: 'approve', reason: 'settled' };
    await call(`${url}/decisions/${subject}/resolve`, 'POST', { body });
  }
}
