import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import type { Crowd } from './crowd.ts';
import { checkInboxes } from './inboxes.ts';
import { reconcileLedger } from './ledger.ts';
import { compareWithLog } from './readers.ts';
import { checkLogs, type Team } from './team.ts';
import { checkWrites } from './writes.ts';

interface Case {
  readonly pool: pg.Pool;
  readonly crowd: Crowd;
  readonly team: Team;
  /** The roles that were killed on purpose. */
  readonly died: readonly string[];
}

/** What the tables, the log, the readers and the agents have to say when all is over. */
export async function judge({ pool, crowd, team, died }: Case) {
  const { rows } = await pool.query<{ seq: string }>('select seq from events order by seq');
  const log = rows.map(({ seq }) => Number(seq));
  const logs = await checkLogs(pool, team);
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
      ...(await checkLives(pool, died)),
    ],
  };
}

/** Nobody who ever ran has ended, but for those that were killed. */
async function checkLives(pool: pg.Pool, died: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ agent_type: string }>(
    'select agent_type from agent_instances where ended_at is not null and started_at is not null',
  );
  const ended = rows.map(({ agent_type }) => agent_type).sort();
  return isDeepStrictEqual(ended, [...died].sort()) ? [] : [`killed were ${died.join()}, and dead are ${ended.join()}`];
}
