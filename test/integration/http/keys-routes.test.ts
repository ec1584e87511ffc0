import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.dispose());

const make = (name: string, more: object = {}) => stage.ok('createKey', { body: { name, role: 'viewer', ...more } });
const find = async (id: string) => (await stage.ok('listKeys')).keys.find((key) => key.id === id);

describe('a new key', () => {
  it('answers 201 with the key and, this once, its secret, which works at once', async () => {
    const { status, body } = await stage.ask('createKey', { body: { name: 'Dashboard 1.0_x-y', role: 'operator' } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      success: true,
      key: { name: 'Dashboard 1.0_x-y', role: 'operator', expiresAt: null, revokedAt: null },
    });
    const { secret } = await make('Works at once');
    await stage.ok('listTasks', { key: secret });
  });

  it('shows its secret nowhere else: not in the list, not in the log', async () => {
    const { key, secret } = await make('Kept secret');
    const lists = [await stage.ok('listKeys'), await stage.ok('listEvents', { query: { limit: 200 } })];
    const text = JSON.stringify(lists);
    expect(text).toContain(key.id);
    expect(text).not.toContain(secret);
    expect(text).not.toMatch(/"hash"|[0-9a-f]{64}/);
  });

  it('is one of its kind: no two have the same secret', async () => {
    const secrets = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => (await make(`Many ${index}`)).secret),
    );
    expect(new Set(secrets).size).toBe(10);
  });

  it('keeps its end to the millisecond', async () => {
    const expiresAt = '2090-06-01T12:34:56.789Z';
    const { key } = await make('With an end', { expiresAt });
    expect(key.expiresAt).toBe(expiresAt);
    expect(await find(key.id)).toEqual(key);
  });

  it('with a name that is in use is refused, and nothing is made', async () => {
    await make('Taken');
    const before = await stage.ok('listKeys');
    const { detail } = await stage.refusal('createKey', 'key_name_taken', { body: { name: 'Taken', role: 'admin' } });
    expect(detail).toContain('Taken');
    expect(await stage.ok('listKeys')).toEqual(before);
  });

  it('is made once by two that ask for the same name at once', async () => {
    const two = ['viewer', 'operator'].map((role) => stage.ask('createKey', { body: { name: 'Wanted by two', role } }));
    const outcomes = (await Promise.all(two)).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set([201, 'key_name_taken']));
  });

  it('is told of in the log by its name and role', async () => {
    const { key } = await make('Told of', { role: 'operator' });
    const { events } = await stage.ok('listEvents', { query: { type: 'key_created', limit: 1 } });
    const payload = { keyId: key.id, name: 'Told of', role: 'operator', actor: 'operator:admin' };
    expect(events[0]?.payload).toEqual(payload);
  });
});

describe('a revoked key', () => {
  it('stays in the list with the moment of its end', async () => {
    const { key } = await make('Revoked');
    await stage.ok('revokeKey', { params: { id: key.id } });
    expect(await find(key.id)).toEqual({ ...key, revokedAt: expect.any(String) });
  });

  it('opens nothing any more, nor do the sessions and tickets that were made with it', async () => {
    const { key, secret } = await make('With a session');
    const { headers } = await stage.ask('createSession', { key: secret });
    const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
    await stage.ok('listTasks', { key: null, headers: { cookie } });
    await stage.ok('revokeKey', { params: { id: key.id } });
    await stage.refusal('listTasks', 'unauthenticated', { key: null, headers: { cookie } });
    // How soon the key itself is refused is guard-identity's matter.
    const refused = async () =>
      (await stage.ask('listTasks', { key: secret })).outcome === 'unauthenticated' ? true : undefined;
    await eventually(refused);
  });

  it('frees its name', async () => {
    const { key } = await make('Used again');
    await stage.ok('revokeKey', { params: { id: key.id } });
    const { key: next } = await make('Used again');
    expect(next.id).not.toBe(key.id);
  });

  it('is revoked once: again it is not there', async () => {
    const { key } = await make('Revoked once');
    await stage.ok('revokeKey', { params: { id: key.id } });
    await stage.refusal('revokeKey', 'key_not_found', { params: { id: key.id } });
    const { events } = await stage.ok('listEvents', { query: { type: 'key_revoked', limit: 200 } });
    expect(events.filter(({ payload }) => payload['keyId'] === key.id)).toHaveLength(1);
  });

  it('must have been there', async () => {
    for (const id of ['key_01h455vb4pex5vsknk084sn02q', 'nonsense'])
      await stage.refusal('revokeKey', 'key_not_found', { params: { id } });
  });
});

describe('the last admin key', () => {
  const adminId = async () => {
    const { keys } = await stage.ok('listKeys');
    return keys.find(({ role, revokedAt }) => role === 'admin' && revokedAt === null)?.id ?? '';
  };

  it('cannot be revoked, and goes on working', async () => {
    const id = await adminId();
    await stage.refusal('revokeKey', 'last_admin_key', { params: { id } });
    expect((await find(id))?.revokedAt).toBeNull();
  });

  it('is still the last beside one that ends by itself', async () => {
    const id = await adminId();
    const { key } = await make('Passing admin', { role: 'admin', expiresAt: '2090-01-01T00:00:00Z' });
    await stage.refusal('revokeKey', 'last_admin_key', { params: { id } });
    await stage.ok('revokeKey', { params: { id: key.id } });
  });

  it('is one of two that are revoked at the same time by each other', async () => {
    const other = await make('Other admin', { role: 'admin' });
    const id = await adminId();
    const mutual = [
      stage.ask('revokeKey', { params: { id: other.key.id } }),
      stage.ask('revokeKey', { params: { id }, key: other.secret }),
    ];
    const outcomes = (await Promise.all(mutual)).map(({ outcome }) => outcome);
    expect(outcomes).toContain(200);
    expect(outcomes.filter((outcome) => outcome === 200)).toHaveLength(1);
    const survivor = (await stage.ask('listKeys', { key: other.secret })).outcome;
    const first = (await stage.ask('listKeys')).outcome;
    expect([survivor, first]).toContain(200);
  });
});

closeBook('keys-routes');
