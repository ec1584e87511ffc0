import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadProfiles } from '../../src/orchestrator/agents/profiles.ts';
import { insertInstance } from '../../src/orchestrator/agents/store.ts';
import { readConfig } from '../../src/orchestrator/config.ts';
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
beforeAll(async () => {
  database = await createDatabase();
  const { postgres } = database;
  const profiles = await loadProfiles('profiles', () => undefined);
  const common = { config: readConfig({}), postgres, clock, chance, profiles };
  services = servicesOn(common);
  await services.agents.register(() => true);
  const life = { id: instanceId, agentType: 'cmo', specHash: '', tokenHash: 'x', createdAt: clock.now() };
  await insertInstance(postgres.db, { ...life, startedAt: clock.now() });
});
afterAll(() => database.drop());

/** The tasks that the agent is woken for now; it looks at them and changes nothing. */
async function wokenFor(): Promise<string[]> {
  const started = (await services.loops.beginDue(new Map([['cmo', instanceId]]))).get('cmo');
  if (!started) return [];
  await services.loops.finish(cmo, instanceId, { loopId: started.loopId, outcome: 'idle', summary: '' });
  return started.wakes.flatMap(({ reason, subjects }) => (reason === 'task' ? subjects : []));
}

const openEscalations = async () => {
  const { escalations } = await services.escalations.list(database.postgres.db, {
    status: 'open',
    limit: 10,
    offset: 0,
  });
  return escalations.filter(({ kind }) => kind === 'agent_stuck');
};

describe('an agent that runs in circles', () => {
  it('is woken no more until a human has answered, and then as if for the first time', async () => {
    const input = { title: 'Print it', description: '', assignTo: 'cmo', priority: 'critical' as const };
    const { id } = await services.tasks.createAs(anna, input);
    let wakes = 0;
    for (let hour = 0; (await openEscalations()).length === 0; hour += 1) {
      if (hour > 10) expect.fail('nobody was called');
      if ((await wokenFor()).includes(id)) wakes += 1;
      await advance(hourMs);
    }
    expect(wakes).toBe(5);
    expect(await wokenFor()).not.toContain(id);

    const [escalation] = await openEscalations();
    await services.escalations.resolve(anna, escalation?.id ?? '', 'The printer has paper again');
    expect(await wokenFor()).toContain(id);
    expect(await openEscalations()).toEqual([]);
  });
});
