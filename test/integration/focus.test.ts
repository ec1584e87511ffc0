import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertInstance } from '../../src/orchestrator/agents/store.ts';
import { openSchedulerStage, type SchedulerStage } from '../support/scheduler-stage.ts';

const anna = { name: 'operator:anna', agentId: null };
const cmo = { name: 'cmo', agentId: 'agt_cmo' };
const instanceId = 'ins_1';
const hourMs = 3_600_000;

let stage: SchedulerStage;
beforeAll(async () => {
  stage = await openSchedulerStage();
  const now = stage.time.clock.now();
  const life = { id: instanceId, agentType: 'cmo', specHash: '', tokenHash: 'x', createdAt: now, startedAt: now };
  await insertInstance(stage.postgres.db, life);
});
afterAll(() => stage.dispose());

/** The next scheduled loop, which ends well. */
async function scheduledLoop() {
  const { loops } = stage.services;
  await stage.time.advance(3 * hourMs);
  const started = (await loops.beginDue(new Map([['cmo', instanceId]]))).get('cmo') ?? expect.fail('no loop');
  await loops.finish(cmo, instanceId, { loopId: started.loopId, outcome: 'done', summary: '' });
  return started;
}

it('another focus is told with each wake, and is worth one scheduled loop although nothing else is new', async () => {
  expect(await scheduledLoop()).toMatchObject({ initiative: false, focus: { riskTolerance: 50 } });
  await stage.services.focus.change(anna, { riskTolerance: 5 });
  expect(await scheduledLoop()).toMatchObject({ initiative: true, focus: { riskTolerance: 5, timeHorizon: 50 } });
  expect(await scheduledLoop()).toMatchObject({ initiative: false, focus: { riskTolerance: 5 } });
});
