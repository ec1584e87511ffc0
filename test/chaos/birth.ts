import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { createDice } from '../support/dice.ts';
import { eventually } from '../support/eventually.ts';
import type { Member, Team } from './team.ts';
import type { Victim } from './victim.ts';

const teamSize = 7;
const birthKills = 3;
const startMsMax = 120_000;

/** Agents whose present life has a connection that was made since. */
export async function connectedSince(pool: pg.Pool, since: number): Promise<number> {
  const { rowCount } = await pool.query(
    `select from agent_instances where ended_at is null and connected_at >= to_timestamp($1::float8 / 1000)`,
    [since],
  );
  return rowCount ?? 0;
}

/** True once the whole team has come back since that moment. */
export const teamIsBack = async (pool: pg.Pool, since: number): Promise<true | undefined> =>
  (await connectedSince(pool, since)) === teamSize || undefined;

/** The team's first start, over several deaths of the orchestrator; its members, once all are connected. */
export async function giveBirth(pool: pg.Pool, options: { victim: Victim; team: Team; seed: number }) {
  const { victim, team, seed } = options;
  const dice = createDice(seed, 'birth');
  for (let kill = 0; kill < birthKills; kill += 1) {
    victim.spawn();
    await victim.ready();
    await sleep(dice.whole(0, 2_500));
    await victim.kill();
  }
  victim.spawn();
  await victim.ready();
  await eventually(() => teamIsBack(pool, victim.spawnedAt()), { withinMs: startMsMax, what: 'the connected team' });
  const members = await eventually(
    async () => {
      const found = await team.members();
      return found.length === teamSize ? found : undefined;
    },
    { withinMs: startMsMax, what: 'one container for each agent, and no other' },
  );
  return { members, kills: birthKills, findings: await checkBirth(pool, members) };
}

/** A start that we cut off ourselves is no failure of the agent's, and leaves nothing behind. */
async function checkBirth(pool: pg.Pool, members: readonly Member[]): Promise<string[]> {
  const { rows } = await pool.query<{ agent_type: string; stop_reason: string }>(
    'select agent_type, stop_reason from agent_instances where ended_at is not null and stop_requested_at is null',
  );
  return [
    ...rows.map(({ agent_type, stop_reason }) => `the birth of the team counts against ${agent_type}: ${stop_reason}`),
    ...members.filter(({ running }) => !running).map(({ agentType }) => `${agentType} does not run after its birth`),
  ];
}
