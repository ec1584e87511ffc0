import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { mayActAs, type Role, roleSchema } from '../../../src/contracts/key.ts';
import { eventually } from '../../support/eventually.ts';
import { closeGuard, guardedBy, isKeyed, type RouteName, routeNames, rows } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.dispose());

const keyed = routeNames.filter((name) => isKeyed(rows[name]));

/** The least role of a route that needs a key. */
const leastRole = (name: RouteName): Role => roleSchema.parse(rows[name].role);
const lowerRoles = (role: Role): Role[] => roleSchema.options.filter((other) => !mayActAs(other, role));

async function newestSeq(): Promise<number> {
  const { events } = await stage.ok('listEvents', { query: { limit: 1 } });
  return events[0]?.seq ?? 0;
}

/** A key that was good once. */
async function spentKey(name: string, input: object): Promise<{ id: string; secret: string }> {
  const { key, secret } = await stage.ok('createKey', { body: { name, role: 'admin', ...input } });
  return { id: key.id, secret };
}

describe('every route that needs a key', () => {
  let revoked: string;
  let expired: string;
  beforeAll(async () => {
    const { id, secret } = await spentKey('to be revoked', {});
    await stage.ok('revokeKey', { params: { id } });
    revoked = secret;
    expired = (await spentKey('expired', { expiresAt: '2020-01-01T00:00:00Z' })).secret;
  });

  test.each(keyed)('%s refuses a caller without a key', async (name) => {
    await stage.refusal(name, 'unauthenticated', { key: null });
  });

  test.each(keyed)('%s refuses a key that nobody was given', async (name) => {
    await stage.refusal(name, 'unauthenticated', { key: 'brk_nobody-was-given-this-key' });
  });

  test.each(keyed)('%s refuses a revoked and an expired key', async (name) => {
    await stage.refusal(name, 'unauthenticated', { key: revoked });
    await stage.refusal(name, 'unauthenticated', { key: expired });
  });

  test.each(keyed)(
    '%s refuses before it reads the request: a stranger learns nothing of what it takes',
    async (name) => {
      const query = { surprise: 1 };
      const { errors } = await stage.refusal(name, 'unauthenticated', { key: null, query });
      expect(errors).toBeUndefined();
    },
  );
});

describe('every route above the viewers', () => {
  const forbidden = guardedBy('not_allowed').flatMap((name) =>
    lowerRoles(leastRole(name)).map((role) => [name, role] as const),
  );

  test.each(forbidden)('%s refuses a key that is only %s, and names the role it needs', async (name, role) => {
    const before = await newestSeq();
    const { detail } = await stage.refusal(name, 'not_allowed', { key: stage.keys[role] });
    expect(detail).toContain(leastRole(name));
    expect(await newestSeq()).toBe(before);
  });
});

test.each(keyed)('%s lets in the least role it asks for, and every role above', async (name) => {
  for (const role of roleSchema.options.filter((other) => mayActAs(other, leastRole(name)))) {
    // What is let in is read next, and this is nothing that any route takes.
    await stage.refusal(name, 'invalid_request', { key: stage.keys[role], query: { surprise: 1 } });
  }
});

describe('a key', () => {
  const asViewer = () => ({ key: null, headers: { authorization: `Bearer ${stage.keys.viewer}` } });

  it('is good as Authorization: Bearer, whatever the case of the word, and as x-api-key', async () => {
    await stage.ok('listTasks', asViewer());
    await stage.ok('listTasks', { key: null, headers: { authorization: `bearer ${stage.keys.viewer}` } });
    await stage.ok('listTasks', { key: stage.keys.viewer });
  });

  it.each([
    ['as Basic', (key: string) => ({ authorization: `Basic ${key}` })],
    ['without a scheme', (key: string) => ({ authorization: key })],
    ['as a session cookie', (key: string) => ({ cookie: `boardroom_session=${key}` })],
    ['with a letter more', (key: string) => ({ authorization: `Bearer ${key}x` })],
    ['with a letter less', (key: string) => ({ authorization: `Bearer ${key.slice(0, -1)}` })],
    ['in other letters', (key: string) => ({ authorization: `Bearer ${key.toUpperCase()}` })],
    ['empty', () => ({ 'x-api-key': '' })],
  ])('is no good %s', async (_how, headersOf) => {
    await stage.refusal('listTasks', 'unauthenticated', { key: null, headers: headersOf(stage.keys.viewer) });
  });

  it('is no good in the query, where it would end up in logs', async () => {
    const query = { key: stage.keys.viewer, token: stage.keys.viewer };
    await stage.refusal('listTasks', 'unauthenticated', { key: null, query });
  });

  it('of an agent opens nothing here, and neither does a made-up one', async () => {
    await stage.refusal('listTasks', 'unauthenticated', { key: 'bra_this-opens-the-gateway-at-most' });
  });

  it('that was in use a moment ago is refused from the answer to its revocation on', async () => {
    const outcomes: unknown[] = [];
    for (let round = 0; round < 20; round += 1) {
      const { id, secret } = await spentKey(`in use ${round}`, {});
      await stage.ok('listTasks', { key: secret });
      await stage.ok('revokeKey', { params: { id } });
      outcomes.push((await stage.ask('listTasks', { key: secret })).outcome);
    }
    expect(new Set(outcomes)).toEqual(new Set(['unauthenticated']));
  });

  it('that was in use a moment ago is refused from the moment it expires on', async () => {
    const expiresAt = new Date(Date.now() + 3_000).toISOString();
    const { secret } = await spentKey('short-lived', { expiresAt });
    await stage.ok('listTasks', { key: secret });
    await eventually(() => (Date.now() > Date.parse(expiresAt) ? true : undefined));
    await stage.refusal('listTasks', 'unauthenticated', { key: secret });
  });
});

closeGuard('unauthenticated');
closeGuard('not_allowed');
