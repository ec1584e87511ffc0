import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemIn } from '../../support/http-problem.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';
import { describeRedis, type RedisServer, startRedis } from '../../support/redis.ts';

let stage: Stage;
const get = (path = '', key: string | null = stage.keys.admin) => stage.send('GET', `/queues${path}`, { key });
/** What the page itself asks for, again and again. */
const shown = async () => (await get('/api/queues')).body as { queues: { name: string; readOnlyMode: boolean }[] };

function itShowsTheQueue(): void {
  it('shows the queue to an admin, with all that its page needs, from here alone', async () => {
    const { status, headers, text } = await get();
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const parts = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
    expect(parts.length).toBeGreaterThan(4);
    for (const part of parts) {
      expect(part).not.toMatch(/^https?:|^\/\//);
      if (part !== '/queues/') expect((await get(`/${part}`)).status).toBe(200);
    }
    expect((await shown()).queues).toMatchObject([
      { name: expect.stringMatching(/^notifications-/), readOnlyMode: true },
      { name: expect.stringMatching(/^benchmarks-/), readOnlyMode: true },
    ]);
  });

  it('lets its own scripts run and nobody else’s, and every other page keeps the policy that it had', async () => {
    const policy = (await get()).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/script-src|https:|unsafe-eval/);
    const elsewhere = (await stage.send('GET', '/health')).headers.get('content-security-policy');
    expect(elsewhere).toContain("script-src 'self'");
  });
}

describe('the board on Postgres', () => {
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.dispose());

  itShowsTheQueue();

  it('is for admins', async () => {
    for (const path of ['', '/', '/api/queues', '/static/favicon.ico']) {
      expect(problemIn(await get(path, null)).code).toBe('unauthenticated');
      expect(problemIn(await get(path, stage.keys.operator)).code).toBe('not_allowed');
    }
  });

  it('opens to the session of an admin', async () => {
    const { headers } = await stage.ask('createSession', { key: stage.keys.admin });
    const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await stage.send('GET', '/queues', { key: null, headers: { cookie } })).status).toBe(200);
  });

  it('changes nothing, and has no page that is not there', async () => {
    const [queue] = (await shown()).queues;
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect(problemIn(await stage.send(method, `/queues/api/queues/${queue?.name}/pause`)).code).toBe('not_allowed');
    expect((await get('/nowhere/else')).status).toBe(404);
  });
});

describeRedis('the board on Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
    stage = await openStage({ REDIS_URL: redis.url });
  });
  afterAll(async () => {
    await stage.dispose();
    await redis.stop();
  });

  itShowsTheQueue();

  it('says that the queue is away while it is, and shows it again on its return', async () => {
    await redis.stop();
    expect(problemIn(await get('/api/queues')).code).toBe('dependency_unavailable');
    await redis.start();
    await expect.poll(async () => (await get('/api/queues')).status, { timeout: 10_000 }).toBe(200);
  });
});
