import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { createDice } from '../support/dice.ts';
import { teamIsBack } from './birth.ts';
import type { Crowd } from './crowd.ts';
import { type CommitBell, drawMoment, type Moment } from './moments.ts';
import type { Member, Team } from './team.ts';
import type { Victim } from './victim.ts';
import { checkWrites } from './writes.ts';

interface Killing {
  readonly kills: number;
  readonly seed: number;
  readonly victim: Victim;
  readonly pool: pg.Pool;
  readonly team: Team;
  readonly members: readonly Member[];
  readonly crowd: Crowd;
  readonly bell: CommitBell;
}

const commitMsMax = 3_000;
/** More of them tell nothing new. */
const findingsMax = 20;

/** Kills and starts again, as often as asked; after each kill looks whether anything is lost. Ends with one that lives. */
export async function killAgainAndAgain(killing: Killing) {
  const { victim, pool, members, team, crowd } = killing;
  const dice = createDice(killing.seed, 'kills');
  const kills: Record<Moment['kind'], number> = { starting: 0, working: 0, commit: 0 };
  const adoptionsMs: number[] = [];
  const findings: string[] = [];
  for (let number = 0; number < killing.kills && findings.length < findingsMax; number += 1) {
    const moment = drawMoment(dice, number);
    if (moment.kind !== 'starting') {
      await victim.ready();
      void timeAdoption(killing).then((ms) => ms !== undefined && adoptionsMs.push(ms));
    }
    const written = crowd.load.writes.length;
    await waitFor(moment, killing);
    await victim.kill();
    kills[moment.kind] += 1;
    findings.push(...(await checkWrites(pool, crowd.load.writes.slice(Math.max(0, written - 100)))));
    const present = await team.members();
    if (!isDeepStrictEqual(present, members))
      findings.push(`after kill ${number + 1} the team is ${JSON.stringify(present)}, ${await lastEnd(pool)}`);
    victim.spawn();
  }
  await victim.ready();
  return { kills, adoptionsMs, findings };
}

/** For whoever has to find out why somebody died. */
async function lastEnd(pool: Killing['pool']): Promise<string> {
  const { rows } = await pool.query(
    `select agent_type, started_at, ended_at, exit_code, exit_signal, oom_killed, stop_requested_at, stop_reason, heartbeats,
       connected_at, disconnected_at
     from agent_instances where ended_at is not null order by ended_at desc limit 1`,
  );
  return `the last end ${JSON.stringify(rows[0])}`;
}

async function waitFor(moment: Moment, { bell }: Killing): Promise<void> {
  await sleep(moment.afterMs);
  if (moment.kind === 'commit') await bell.rings(moment.table, commitMsMax);
}

/** From readiness until all are connected; undefined when the next kill comes first. */
async function timeAdoption({ victim, pool }: Killing): Promise<number | undefined> {
  const readyAt = performance.now();
  const life = victim.spawnedAt();
  while (victim.isUp() && victim.spawnedAt() === life) {
    if (await teamIsBack(pool, life)) return Math.round(performance.now() - readyAt);
    await sleep(20);
  }
  return undefined;
}
