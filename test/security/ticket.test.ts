import { afterAll, beforeAll, expect, it } from 'vitest';
import { createUnitOfWork } from '../../src/orchestrator/events/work.ts';
import { createKeyService } from '../../src/orchestrator/keys/service.ts';
import { systemClock as clock } from '../../src/orchestrator/platform/clock.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

it('one ticket lets one in, even of a crowd that is looked up by one and the same query', async () => {
  const { postgres } = database;
  const unitOfWork = createUnitOfWork({ postgres, clock, onCommitted: () => undefined });
  const keys = createKeyService({ postgres, unitOfWork, clock, chance });
  const secret = `brk_${chance.secret()}`;
  await keys.ensureAdminKey(secret);
  const caller = await keys.authenticate(secret);
  if (!caller) throw new Error('the admin key is not known');
  const { secret: ticket } = await keys.createPass('ticket', caller);
  // In one tick: none of them can have been told of another's success.
  const crowd = await Promise.all(Array.from({ length: 50 }, () => keys.authenticatePass('ticket', ticket)));
  expect(crowd.filter((found) => found !== undefined)).toEqual([caller]);
  expect(await keys.authenticatePass('ticket', ticket)).toBeUndefined();
});
