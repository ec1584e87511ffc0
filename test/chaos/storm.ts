import pg from 'pg';
import { createLifecycle } from '../../src/orchestrator/lifecycle.ts';
import { watchInvariants } from '../support/invariants.ts';
import { giveBirth } from './birth.ts';
import { gatherCrowd } from './crowd.ts';
import { killTogether } from './deaths.ts';
import { judge } from './judge.ts';
import { killAgainAndAgain } from './kills.ts';
import { hangCommitBell } from './moments.ts';
import { settle } from './settle.ts';
import type { Team } from './team.ts';
import type { Victim } from './victim.ts';
import type { Write } from './writes.ts';

export interface StormOptions {
  readonly kills: number;
  readonly seed: number;
  readonly victim: Victim;
  readonly team: Team;
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

const deathsTogether = 2;

/** Kills the orchestrator again and again under load, and looks for everything that got lost or was done twice. */
export async function runStorm(options: StormOptions): Promise<StormReport> {
  const lifecycle = createLifecycle();
  try {
    return await rage(options, lifecycle.onClose);
  } finally {
    await lifecycle.close();
  }
}

type OnClose = ReturnType<typeof createLifecycle>['onClose'];

async function rage(options: StormOptions, onClose: OnClose): Promise<StormReport> {
  const { kills, seed, victim, team, databaseUrl, loopRetryMs } = options;
  const pool = new pg.Pool({ connectionString: databaseUrl });
  onClose('pool', () => pool.end());
  const invariants = watchInvariants({ databaseUrl, isUp: victim.isUp, loopRetryMs });
  onClose('invariants', async () => void (await invariants.stop()));

  const birth = await giveBirth(pool, options);
  await prepare(pool);
  const bell = await hangCommitBell(databaseUrl);
  onClose('bell', () => bell.close());
  const crowd = await gatherCrowd({ victim, databaseUrl, pool, seed });
  onClose('crowd', () => crowd.leave());

  const { members } = birth;
  const course = await killAgainAndAgain({
    ...options,
    members,
    kills: kills - birth.kills - deathsTogether,
    pool,
    crowd,
    bell,
  });
  const died = await killTogether({ ...options, pool, deaths: deathsTogether });
  await crowd.hush();
  const unsettled = await settle(pool, victim.url);
  await crowd.readToTheEnd();
  const violations = await invariants.stop();
  const verdict = await judge({ pool, crowd, team, died });
  return {
    seed,
    kills: { ...course.kills, birth: birth.kills, 'together with an agent': died.length },
    writes: countOutcomes(crowd.load.writes),
    lateCommits: crowd.late.commits(),
    events: verdict.events,
    tasksCompleted: verdict.tasksCompleted,
    logLines: verdict.logLines,
    adoptionsMs: course.adoptionsMs,
    looks: invariants.looks(),
    findings: [
      ...birth.findings,
      ...course.findings,
      ...unsettled,
      ...verdict.findings,
      ...violations.map(
        ({ rule, subject, detail, heldMs }) => `not true for ${heldMs} ms that ${rule}: ${subject}, ${detail}`,
      ),
    ],
  };
}

/** Nothing waits for minutes in a storm, and no memory is full before its end: notes tell what was read. */
async function prepare(pool: pg.Pool): Promise<void> {
  await pool.query(`insert into settings (category, key, value, updated_at, updated_by) values
    ('queue', 'delay_high', '500', now(), 'operator:storm'), ('queue', 'delay_normal', '1000', now(), 'operator:storm'),
    ('decisions', 'statement_window', '10', now(), 'operator:storm'),
    ('memory', 'notes_per_agent', '10000', now(), 'operator:storm')`);
}

function countOutcomes(writes: readonly Write[]): StormReport['writes'] {
  const count = { acknowledged: 0, refused: 0, unanswered: 0 };
  for (const { outcome } of writes) count[outcome] += 1;
  return count;
}
