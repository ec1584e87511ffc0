import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';
import { type TeamDatabase, teamOn } from '../../support/team-services.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const today = Math.floor(Date.now() / dayMs) * dayMs;
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
const isoOf = (at: number) => new Date(at).toISOString();

let stage: Stage;
let team: TeamDatabase;
beforeAll(async () => {
  stage = await openStage();
  team = await teamOn(stage.databaseUrl);
  const add = (at: number, domain: string, agentType: string, [allowed = 0, denied = 0]: number[]) =>
    team.services.domainUsage.add([{ hour: at, domain, agentType, allowed, denied }]);
  await add(today, '*.example.com', 'cmo', [5]);
  await add(today, '*.example.com', 'cto', [2]);
  await add(today - 2 * dayMs, '*.example.com', 'cmo', [1]);
  await add(today - 2 * dayMs + hourMs, '*.example.com', 'cmo', [1]);
  await add(today, 'evil.test', 'cmo', [0, 3]);
  await add(today - 20 * dayMs, 'old.test', 'cmo', [9]);
});
afterAll(async () => {
  await team.close();
  await stage.dispose();
});

describe('the usage of domains', () => {
  it('adds up the last days, by domain and day, the most tried first', async () => {
    const { usage, total, from } = await stage.ok('listDomainUsage');
    expect(from).toBe(isoOf(today - 13 * dayMs));
    expect(total).toBe(2);
    expect(usage).toEqual([
      {
        domain: '*.example.com',
        allowed: 9,
        denied: 0,
        agents: ['cmo', 'cto'],
        lastHour: isoOf(today),
        days: [
          { day: dayOf(today - 2 * dayMs), allowed: 2, denied: 0 },
          { day: dayOf(today), allowed: 7, denied: 0 },
        ],
      },
      expect.objectContaining({ domain: 'evil.test', allowed: 0, denied: 3 }),
    ]);
  });

  it('holds what was denied, or what is older, when asked for it, page by page', async () => {
    const namesOf = async (query: Record<string, string | number>) =>
      (await stage.ok('listDomainUsage', { query })).usage.map(({ domain }) => domain);
    expect(await namesOf({ outcome: 'denied' })).toEqual(['evil.test']);
    expect(await namesOf({ days: 30 })).toEqual(['*.example.com', 'old.test', 'evil.test']);
    expect(await namesOf({ days: 30, limit: 1, offset: 1 })).toEqual(['old.test']);
  });

  it('is added up by several replicas at once, each batch once', async () => {
    const rows = ['b.test', 'a.test'].map((domain) => ({
      hour: today,
      domain,
      agentType: 'coo',
      allowed: 1,
      denied: 1,
    }));
    await Promise.all(
      Array.from({ length: 20 }, (_, turn) => team.services.domainUsage.add(turn % 2 ? rows : rows.toReversed())),
    );
    const { usage } = await stage.ok('listDomainUsage');
    for (const name of ['a.test', 'b.test'])
      expect(usage.find(({ domain }) => domain === name)).toMatchObject({ allowed: 20, denied: 20 });
  });
});

describe('attempts over time', () => {
  it('are told by day or hour, of one domain and agent or all, oldest first', async () => {
    const attempts = async (query: Record<string, string>) => (await stage.ok('getDomainAttempts', { query })).attempts;
    expect(await attempts({ domain: '*.example.com' })).toEqual([
      { at: isoOf(today - 2 * dayMs), allowed: 2, denied: 0 },
      { at: isoOf(today), allowed: 7, denied: 0 },
    ]);
    expect(await attempts({ domain: '*.example.com', agent: 'cto', by: 'hour' })).toEqual([
      { at: isoOf(today), allowed: 2, denied: 0 },
    ]);
    const hours = { from: isoOf(today - 2 * dayMs), to: isoOf(today), by: 'hour' };
    expect(await attempts(hours)).toEqual([
      { at: isoOf(today - 2 * dayMs), allowed: 1, denied: 0 },
      { at: isoOf(today - 2 * dayMs + hourMs), allowed: 1, denied: 0 },
    ]);
  });

  it('are refused for longer than an answer can hold, and it says what it can', async () => {
    const query = { by: 'hour' as const, from: isoOf(today - 40 * dayMs) };
    const { errors, detail } = await stage.refusal('getDomainAttempts', 'invalid_request', { query });
    expect(errors).toEqual([{ path: 'from', message: expect.stringContaining('31') }]);
    expect(detail).toContain('from');
  });
});

closeBook('domain-usage-routes');
