import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/contracts/primitives.ts';
import { excuseLoop } from '../../src/orchestrator/agents/loops.ts';
import { loadProfiles } from '../../src/orchestrator/agents/profiles.ts';
import { insertInstance } from '../../src/orchestrator/agents/store.ts';
import { createAccounts } from '../../src/orchestrator/budgets/accounts.ts';
import { readConfig } from '../../src/orchestrator/config.ts';
import type { Accounts } from '../../src/orchestrator/models/accounts.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import type { Services } from '../../src/orchestrator/services.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { servicesOn } from '../support/team-services.ts';

const { clock, advance } = fakeClock(Date.UTC(2030, 0, 1));
const anna = { name: 'operator:anna', agentId: null };
const cmo = { name: 'cmo', agentId: 'agt_cmo' };
const instanceId = 'ins_1';
const hourMs = 3_600_000;

let database: TestDatabase;
let services: Services;
let accounts: Accounts;
beforeAll(async () => {
  database = await createDatabase();
  const { postgres } = database;
  const profiles = await loadProfiles('profiles', () => undefined);
  const common = { config: readConfig({}), postgres, clock, chance, profiles };
  services = servicesOn(common);
  accounts = createAccounts({
    ...services,
    ...common,
    // A replica that has heard of no change: what it does not know, it asks for before it refuses.
    allotments: () => services.budgets.allotmentsFor('cmo', () => ({ daily: { calls: 0 } })),
    readAllotments: services.budgets.readAllotments,
    onHeld: excuseLoop,
    onError: (error) => expect.fail(String(error)),
    closing: new AbortController().signal,
  });
  await services.agents.register(() => true);
  const life = { id: instanceId, agentType: 'cmo', specHash: '', tokenHash: 'x', createdAt: clock.now() };
  await insertInstance(postgres.db, { ...life, startedAt: clock.now() });
});
afterAll(() => database.drop());

const set = (value: JsonValue) =>
  services.unitOfWork((work) => services.settings.change(work, anna, { category: 'budgets', key: 'cmo', value }));

/** One call, and what becomes of a loop that makes it. */
async function think(): Promise<'done' | 'failed'> {
  try {
    const planned = { provider: 'rehearsal', model: 'rehearsal', ceilingMicroUsd: 0, ceilingTokens: 1 };
    const { settle } = await accounts.reserve({ caller: { actor: cmo, instanceId }, ...planned });
    const answer = { firstTokenMs: undefined, durationMs: 1, attempts: 1, errorCode: undefined };
    await settle({ ...answer, status: 'ok', usage: undefined, costMicroUsd: 0 });
    return 'done';
  } catch (error) {
    expect(error).toMatchObject({ code: 'budget_exhausted' });
    return 'failed';
  }
}

/** Wakes the agent if it is due; it thinks once, and changes nothing. The tasks that it was woken for. */
async function wokenFor(): Promise<{ tasks: string[]; outcome: 'done' | 'failed' } | undefined> {
  const started = (await services.loops.beginDue(new Map([['cmo', instanceId]]))).get('cmo');
  if (!started) return undefined;
  const outcome = await think();
  await services.loops.finish(cmo, instanceId, { loopId: started.loopId, outcome, summary: '' });
  const tasks = started.wakes.flatMap(({ reason, subjects }) => (reason === 'task' ? subjects : []));
  return { tasks, outcome };
}

const opened = async () => {
  const query = { status: 'open', limit: 50, offset: 0 } as const;
  return (await services.escalations.list(database.postgres.db, query)).escalations.map(({ kind }) => kind);
};

describe('an agent whose budget is spent', () => {
  let taskId: string;
  beforeAll(async () => {
    const input = { title: 'Print it', description: '', assignTo: 'cmo', priority: 'critical' as const };
    taskId = (await services.tasks.createAs(anna, input)).id;
    await set({ daily: { calls: 0 } });
  });

  it('is refused once, and not woken again while there is no room', async () => {
    expect(await wokenFor()).toMatchObject({ tasks: [taskId], outcome: 'failed' });
    for (let hour = 0; hour < 20; hour += 1) {
      await advance(hourMs);
      expect(await wokenFor()).toBeUndefined();
    }
    expect(await opened()).toEqual(['budget_exhausted']);
  });

  it('is tried again in each new period, and is not taken for one that runs in circles', async () => {
    await set({ daily: { calls: 1 } });
    for (let day = 0; day < 12; day += 1) {
      await advance(23 * hourMs);
      expect(await services.budgets.held(['cmo'])).toEqual(new Set());
      // The agent is free to think; by the time it comes to its task the budget is used up.
      expect(await think()).toBe('done');
      expect(await wokenFor()).toMatchObject({ tasks: [taskId], outcome: 'failed' });
      await advance(hourMs);
      expect(await wokenFor()).toBeUndefined();
    }
    expect(await opened()).not.toContain('agent_stuck');
  });

  it('goes on with what it left when the budget is raised', async () => {
    expect(await wokenFor()).toBeUndefined();
    await set({ daily: { calls: 1_000 } });
    expect(await wokenFor()).toMatchObject({ tasks: [taskId], outcome: 'done' });
  });
});
