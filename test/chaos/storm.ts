import pg from 'pg';
import { watchInvariants } from '../support/invariants.ts';
import { giveBirth } from './birth.ts';
import { type Crowd, gatherCrowd } from './crowd.ts';
import { checkInboxes } from './inboxes.ts';
import { killAgainAndAgain } from './kills.ts';
import { reconcileLedger } from './ledger.ts';
import { hangCommitBell } from './moments.ts';
import { compareWithLog } from './readers.ts';
import { settle } from './settle.ts';
import { checkLogs, type Member } from './team.ts';
import type { Victim } from './victim.ts';
import { checkWrites, type Write } from './writes.ts';

export interface StormOptions {
  readonly kills: number;
  readonly seed: number;
  readonly victim: Victim;
  readonly databaseUrl: string;
  readonly loopRetryMs: number;
}

export interface StormReport {
  readonly seed: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly writes: Readonly<Record<Write['outcome'], number>>;
  readonly lateCommits: number;
  readonly events: number;
  readonly tasksCompleted: number;
  readonly logLines: number;
  /** From readiness until the whole team was connected again; lives that were too short for it are left out. */
  readonly adoptionsMs: readonly number[];
  readonly looks: number;
  /** All that breaks a promise. */
  readonly findings: readonly string[];
}

/** Kills the orchestrator again and again under load, and looks for everything that got lost or was done twice. */
export async function runStorm(options: StormOptions): Promise<StormReport> {
  const { kills, seed, victim, databaseUrl, loopRetryMs } = options;
  const pool = new pg.Pool({ connectionString: databaseUrl });
  const invariants = watchInvariants({ databaseUrl, isUp: victim.isUp, loopRetryMs });
  try {
    const birth = await giveBirth(pool, databaseUrl, options);
    await quicken(pool);
    const bell = await hangCommitBell(databaseUrl);
    const crowd = await gatherCrowd({ victim, databaseUrl, pool, seed });
    const course = await killAgainAndAgain({
      ...options,
      ...birth,
      kills: kills - birth.kills,
      pool,
      crowd,
      bell,
    });
    await crowd.hush();
    const unsettled = await settle(pool, victim.url);
    await crowd.leave();
    await bell.close();
    const violations = await invariants.stop();
    const { log, logLines, findings } = await judge(pool, crowd, birth.members);
    return {
      seed,
      kills: { ...course.kills, birth: birth.kills },
      writes: countOutcomes(crowd.load.writes),
      lateCommits: crowd.late.commits(),
      events: log.length,
      tasksCompleted: (await pool.query(`select from tasks where status = 'completed'`)).rowCount ?? 0,
      logLines,
      adoptionsMs: course.adoptionsMs,
      looks: invariants.looks(),
      findings: [
        ...birth.findings,
        ...course.findings,
        ...unsettled,
        ...findings,
        ...violations.map(
          ({ rule, subject, detail, heldMs }) => `not true for ${heldMs} ms that ${rule}: ${subject}, ${detail}`,
        ),
      ],
    };
  } finally {
    await pool.end();
  }
}

/** Nothing waits for minutes in a storm. */
async function quicken(pool: pg.Pool): Promise<void> {
  await pool.query(`insert into settings (category, key, value, updated_at, updated_by) values
    ('queue', 'delay_high', '500', now(), 'operator:storm'), ('queue', 'delay_normal', '1000', now(), 'operator:storm'),
    ('decisions', 'statement_window', '10', now(), 'operator:storm')`);
}

/** What the tables, the log, the readers and the agents have to say when all is over. */
async function judge(pool: pg.Pool, crowd: Crowd, members: readonly Member[]) {
  const { rows } = await pool.query<{ seq: string }>('select seq from events order by seq');
  const log = rows.map(({ seq }) => Number(seq));
  const { lines, findings } = await checkLogs(pool, members);
  const died = await pool.query<{ agent_type: string }>(
    'select agent_type from agent_instances where ended_at is not null and started_at is not null',
  );
  return {
    log,
    logLines: lines,
    findings: [
      ...crowd.readers.flatMap((reader) => compareWithLog(reader, log) ?? []),
      ...(await reconcileLedger(pool)),
      ...(await checkInboxes(pool)),
      ...(await checkWrites(pool, crowd.load.writes)),
      ...crowd.load.findings,
      ...findings,
      ...died.rows.map(({ agent_type }) => `${agent_type} died`),
    ],
  };
}

function countOutcomes(writes: readonly Write[]): StormReport['writes'] {
  const count = { acknowledged: 0, refused: 0, unanswered: 0 };
  for (const { outcome } of writes) count[outcome] += 1;
  return count;
}
