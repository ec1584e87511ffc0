import type pg from 'pg';
import type { Crowd } from './crowd.ts';
import { checkInboxes } from './inboxes.ts';
import { reconcileLedger } from './ledger.ts';
import { compareWithLog } from './readers.ts';
import { checkLogs, type Member } from './team.ts';
import { checkWrites } from './writes.ts';

/** What the tables, the log, the readers and the agents have to say when all is over. */
export async function judge(pool: pg.Pool, crowd: Crowd, members: readonly Member[]) {
  const { rows } = await pool.query<{ seq: string }>('select seq from events order by seq');
  const log = rows.map(({ seq }) => Number(seq));
  const logs = await checkLogs(pool, members);
  const completed = await pool.query(`select from tasks where status = 'completed'`);
  return {
    events: log.length,
    tasksCompleted: completed.rowCount ?? 0,
    logLines: logs.lines,
    findings: [
      ...crowd.readers.flatMap((reader) => compareWithLog(reader, log) ?? []),
      ...(await reconcileLedger(pool)),
      ...(await checkInboxes(pool)),
      ...(await checkWrites(pool, crowd.load.writes)),
      ...crowd.load.findings,
      ...logs.findings,
      ...(await checkLives(pool)),
    ],
  };
}

/** Nobody who ever ran has ended. */
async function checkLives(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ agent_type: string; stop_reason: string }>(
    'select agent_type, stop_reason from agent_instances where ended_at is not null and started_at is not null',
  );
  return rows.map(({ agent_type, stop_reason }) => `${agent_type} died: ${stop_reason}`);
}
