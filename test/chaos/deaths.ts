import type pg from 'pg';
import { createDice } from '../support/dice.ts';
import { eventually } from '../support/eventually.ts';
import { teamIsBack } from './birth.ts';
import type { Member, Team } from './team.ts';
import type { Victim } from './victim.ts';

interface Killing {
  readonly deaths: number;
  readonly seed: number;
  readonly victim: Victim;
  readonly team: Team;
  readonly pool: pg.Pool;
}

const returnMsMax = 60_000;

/** Agents die together with the orchestrator, so that nobody sees it happen. The roles that died, each as often as it did. */
export async function killTogether({ deaths, seed, victim, team, pool }: Killing): Promise<string[]> {
  const dice = createDice(seed, 'deaths');
  const died: string[] = [];
  for (let death = 0; death < deaths; death += 1) {
    const member = await chooseBusy(pool, await team.members(), dice.fraction());
    await Promise.all([victim.kill(), team.kill(member)]);
    died.push(member.agentType);
    victim.spawn();
    await victim.ready();
    await eventually(() => teamIsBack(pool, victim.spawnedAt()), {
      withinMs: returnMsMax,
      what: `the team's return after the death of ${member.agentType}`,
    });
  }
  return died;
}

/** One that has a task in hand, if there is one: its claim dies with it. */
async function chooseBusy(pool: pg.Pool, members: readonly Member[], chance: number): Promise<Member> {
  const { rows } = await pool.query<{ assigned_to: string }>(
    `select distinct assigned_to from tasks where status = 'in_progress'`,
  );
  const busy = members.filter(({ agentType }) => rows.some(({ assigned_to }) => assigned_to === agentType));
  const choice = busy.length > 0 ? busy : members;
  const member = choice[Math.floor(chance * choice.length)];
  if (!member) throw new Error('there is nobody to kill');
  return member;
}
