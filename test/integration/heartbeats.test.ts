import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadProfiles } from '../../src/orchestrator/agents/profiles.ts';
import { findLiveInstance, insertInstance } from '../../src/orchestrator/agents/store.ts';
import { readConfig } from '../../src/orchestrator/config.ts';
import { createHeartbeats } from '../../src/orchestrator/gateway/heartbeats.ts';
import { systemClock as clock } from '../../src/orchestrator/platform/clock.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import type { Services } from '../../src/orchestrator/services.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { servicesOn } from '../support/team-services.ts';

let database: TestDatabase;
let services: Services;
beforeAll(async () => {
  database = await createDatabase();
  const { postgres } = database;
  const profiles = await loadProfiles('profiles', () => undefined);
  const common = { config: readConfig({}), postgres, clock, chance, profiles };
  services = servicesOn(common);
  await services.agents.register(() => true);
  const life = { id: 'ins_1', agentType: 'cmo', specHash: '', tokenHash: 'x', createdAt: clock.now() };
  await insertInstance(postgres.db, { ...life, startedAt: clock.now() });
});
afterAll(() => database.drop());

it('a heartbeat that could not be written is written as soon as the database takes it, without a second one', async () => {
  const { postgres } = database;
  const failures: unknown[] = [];
  const heartbeats = createHeartbeats({
    ...services,
    postgres,
    clock,
    flushMs: 20,
    onError: (error) => failures.push(error),
  });
  // What a full disk is to a program: reading goes on, writing fails.
  await postgres.db.execute(sql`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$`);
  await postgres.db.execute(sql`create trigger full_disk before update on agent_instances execute function refuse()`);
  heartbeats.start();
  try {
    heartbeats.beat('ins_1');
    await eventually(() => failures[1], { what: 'a second refusal' });
    await postgres.db.execute(sql`drop trigger full_disk on agent_instances`);
    const counted = async () => (await findLiveInstance(postgres.db, 'cmo'))?.heartbeats || undefined;
    expect(await eventually(counted, { what: 'the heartbeat' })).toBe(1);
  } finally {
    await heartbeats.stop();
  }
});
