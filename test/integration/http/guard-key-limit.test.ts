import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { closeGuard, guardedBy, isKeyed, routeNames, rows } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

describe('a key that has used up its minute', () => {
  const limit = 20;
  let stage: Stage;
  let used: string;
  let made = 0;
  const newKey = async (role: 'viewer' | 'admin') => {
    made += 1;
    return (await stage.ok('createKey', { body: { name: `key ${made}`, role } })).secret;
  };
  const useUp = async (key: string) => {
    for (let count = 0; count < limit; count += 1) await stage.ok('listAgents', { key });
  };

  beforeAll(async () => {
    stage = await openStage({ RATE_LIMIT_PER_MINUTE: String(limit) });
    used = await newKey('admin');
    await useUp(used);
  });
  afterAll(() => stage.dispose());

  test.each(guardedBy('rate_limited'))('is refused by %s, with the seconds to wait', async (name) => {
    const { headers, outcome } = await stage.ask(name, { key: used });
    expect(outcome).toBe('rate_limited');
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });

  it('changes nothing any more', async () => {
    const body = { title: 'One too many', assignTo: 'ceo' };
    await stage.refusal('createTask', 'rate_limited', { key: used, body });
    expect((await stage.ok('listTasks')).total).toBe(0);
  });

  it('takes nothing from another key', async () => {
    await stage.ok('listAgents', { key: stage.keys.viewer });
  });

  test.each(routeNames.filter((name) => !isKeyed(rows[name])))('is not asked for by %s', async (name) => {
    expect((await stage.ask(name, { key: used })).outcome).not.toBe('rate_limited');
  });

  it('could see it coming: each answer tells what is left', async () => {
    const { headers } = await stage.ask('listAgents', { key: stage.keys.operator });
    expect(headers.get('ratelimit')).toMatch(/r=\d+/);
    expect(headers.get('ratelimit-policy')).toMatch(/q=20\b/);
  });

  it('is used up by many requests at once just as well: no more than allowed get through', async () => {
    const key = await newKey('viewer');
    const crowd = await Promise.all(Array.from({ length: limit * 2 }, () => stage.ask('listAgents', { key })));
    expect(crowd.filter(({ outcome }) => outcome === 200)).toHaveLength(limit);
  });

  it.each([
    ['for what it is too low for', { name: 'createKey', ask: {} }],
    ['that are malformed', { name: 'listAgents', ask: { query: { surprise: 1 } } }],
  ] as const)('has used it up with requests %s, too: they cost as much', async (_what, { name, ask }) => {
    const key = await newKey('viewer');
    for (let count = 0; count < limit; count += 1) await stage.ask(name, { key, ...ask });
    await stage.refusal('listAgents', 'rate_limited', { key });
  });
});

describe('an address that guesses keys', () => {
  const limit = 3;
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ FAILED_AUTH_PER_MINUTE: String(limit) });
  });
  afterAll(() => stage.dispose());

  it('gets so many attempts however many it makes at once, then 429 with the seconds to wait', async () => {
    const guess = (_: unknown, index: number) => stage.ask('listAgents', { key: `brk_guess-number-${index}` });
    const outcomes = (await Promise.all(Array.from({ length: 10 }, guess))).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'unauthenticated')).toHaveLength(limit);
    expect(outcomes.filter((outcome) => outcome === 'rate_limited')).toHaveLength(10 - limit);
    const { headers } = await stage.ask('listAgents', { key: 'brk_guess-number-11' });
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });

  it('gets no further by another way in: a session, a Bearer key, a ticket for the socket', async () => {
    const ways = [{ cookie: 'boardroom_session=guess' }, { authorization: 'Bearer guess' }];
    for (const headers of ways) await stage.refusal('listAgents', 'rate_limited', { key: null, headers });
    const socket = await stage.send('GET', '/ws?ticket=guess', { key: null });
    expect(socket.status).not.toBe(101);
  });

  it('still sees what needs no key', async () => {
    await stage.ok('getHealth', { key: null });
    await eventually(async () => ((await stage.ask('getReadiness', { key: null })).outcome === 200 ? true : undefined));
    await stage.refusal('listAgents', 'unauthenticated', { key: null });
  });
});

closeGuard('rate_limited');
