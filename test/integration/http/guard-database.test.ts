import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import {
  closeBook,
  closeGuard,
  guardedBy,
  isKeyed,
  type RouteName,
  routeNames,
  rows,
} from '../../support/http-coverage.ts';
import { type CutStage, openCutStage } from '../../support/http-cut-stage.ts';

let stage: CutStage;
beforeAll(async () => {
  // No background work that the cut could catch in the middle: that is what database-loss.test.ts is for.
  stage = await openCutStage({ SWEEP_MS: '3600000' });
});
afterAll(() => stage.dispose());

const untilReady = () =>
  eventually(async () => ((await stage.ask('getReadiness')).outcome === 200 ? true : undefined), { what: 'readiness' });

/** All that is on record, as clients see it. */
const everything = async () => ({
  decisions: await stage.ok('listDecisions', { query: { limit: 200 } }),
  tasks: await stage.ok('listTasks', { query: { limit: 200 } }),
  keys: await stage.ok('listKeys'),
  events: await stage.ok('listEvents', { query: { limit: 200 } }),
});

const title = 'Written while the database is away';
/** Requests that would change something. */
const changes = [
  ['createTask', { body: { title, assignTo: 'ceo' } }],
  ['proposeDecision', { body: { title } }],
  ['messageAgent', { params: { type: 'ceo' }, body: { message: title } }],
  ['createKey', { body: { name: 'made while away', role: 'viewer' } }],
  ['startAgent', { params: { type: 'ceo' } }],
  ['createSession', {}],
] as const;

describe('while Postgres answers', () => {
  it('/ready says so to anybody; without Redis the bus is embedded', async () => {
    const answer = await stage.ok('getReadiness', { key: null });
    expect(answer).toEqual({ ready: true, checks: { database: 'ok', redis: 'embedded' } });
  });
});

describe('while Postgres cannot be reached', () => {
  let before: Awaited<ReturnType<typeof everything>>;
  let known: string;
  let unknown: string;
  beforeAll(async () => {
    const make = async (name: string) => (await stage.ok('createKey', { body: { name, role: 'admin' } })).secret;
    known = await make('asked a moment ago');
    unknown = await make('never asked yet');
    before = await everything();
    await stage.ok('listTasks', { key: known });
    await stage.proxy.cut();
    await eventually(async () => ((await stage.ask('getReadiness')).outcome === 503 ? true : undefined));
  });

  it.each(changes)('%s by a caller who is still remembered is refused too', async (name, ask) => {
    const { detail } = await stage.refusal(name, 'dependency_unavailable', { ...ask, key: known });
    expect(detail).toContain('database');
  });

  it('/health/full tells the remembered caller what is down', async () => {
    const { status, components } = await stage.ok('getSystemHealth', { key: known });
    expect(status).toBe('unhealthy');
    expect(components.database).toEqual({ status: 'unhealthy', latency: null });
  });

  it('/health answers at once', async () => {
    const since = performance.now();
    await stage.ok('getHealth', { key: null });
    expect(performance.now() - since).toBeLessThan(2_000);
  });

  it('/ready answers 503 and names the database', async () => {
    const { status, body, headers } = await stage.ask('getReadiness', { key: null });
    expect(status).toBe(503);
    expect(body).toEqual({ ready: false, checks: { database: 'error', redis: 'embedded' } });
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  });

  test.each(guardedBy('dependency_unavailable'))('%s answers 503 and when to come again', async (name) => {
    await stage.refusal(name, 'dependency_unavailable', { key: unknown });
  });

  const needsIt = (name: RouteName) => isKeyed(rows[name]) || rows[name].errors.includes('dependency_unavailable');
  test.each(routeNames.filter((name) => !needsIt(name) && name !== 'getReadiness'))(
    '%s goes on, as it needs no database',
    async (name) => {
      expect((await stage.ask(name, { key: null })).outcome).toBe(200);
    },
  );

  it('all goes on by itself when it is back, and nothing of what was refused has happened', async () => {
    await stage.proxy.restore();
    await untilReady();
    expect(await everything()).toEqual(before);
    expect(await stage.ok('getAgent', { params: { type: 'ceo' } })).toMatchObject({ desired: 'stopped' });
  });

  it('the same replica leads again afterwards, and new events come through', async () => {
    const leads = async () => (/^boardroom_leader 1$/m.test(await stage.ok('getMetrics')) ? true : undefined);
    await eventually(leads, { what: 'leadership' });
    const { task } = await stage.ok('createTask', { body: { title: 'Afterwards', assignTo: 'ceo' } });
    const { events } = await stage.ok('listEvents', { query: { type: 'task_created', limit: 1 } });
    expect(events[0]?.payload).toMatchObject({ taskId: task.id });
  });
});

closeBook('guard-database');
closeGuard('dependency_unavailable');
