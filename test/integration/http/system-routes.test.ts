import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
let opened: number;
beforeAll(async () => {
  opened = performance.now();
  stage = await openStage();
});
afterAll(() => stage.dispose());

const noKey = { key: null };

describe('/health', () => {
  it('says ok and what time it is, to anybody', async () => {
    const { status, timestamp } = await stage.ok('getHealth', noKey);
    expect(status).toBe('ok');
    expect(Math.abs(Date.now() - Date.parse(timestamp))).toBeLessThan(10_000);
  });
});

describe('/health/full', () => {
  const whole = () => stage.ok('getSystemHealth', { key: stage.keys.viewer });

  it('shows every part and every agent of the team', async () => {
    const { components } = await whole();
    expect(components.database.status).toBe('healthy');
    expect(components.database.latency).toEqual(expect.any(Number));
    expect(components.redis).toEqual({ status: 'embedded', latency: null });
    const { agents } = await stage.ok('listAgents');
    expect(new Set(Object.keys(components.agents))).toEqual(new Set(agents.map(({ type }) => type)));
  });

  it('is healthy when nothing is wanted that is not there', async () => {
    await eventually(async () => ((await whole()).status === 'healthy' ? true : undefined), { what: 'health' });
  });

  it('counts its uptime in seconds', async () => {
    const { uptime } = await whole();
    expect(uptime).toBeLessThanOrEqual((performance.now() - opened) / 1_000 + 1);
    await eventually(async () => ((await whole()).uptime > uptime ? true : undefined), { what: 'a later uptime' });
  });
});

describe('/metrics', () => {
  it('is Prometheus text, from the loopback without a key', async () => {
    await stage.refusal('getTask', 'task_not_found', { params: { id: 'tsk_none' } });
    const { text, headers } = await stage.ask('getMetrics', noKey);
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toMatch(/^# TYPE boardroom_http_request_seconds histogram$/m);
    for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#')))
      expect(line).toMatch(/^[a-zA-Z_:][\w:]*(?:\{[^}]*\})? (?:-?[\d.e+-]+|NaN|\+Inf)$/);
  });

  it('counts requests by the pattern of their route, so that ids and strangers make no new series', async () => {
    for (const path of ['/tasks/tsk_one', '/tasks/tsk_two', '/nowhere/1', '/nowhere/2']) await stage.send('GET', path);
    const metrics = await stage.ok('getMetrics', noKey);
    const counted = metrics.split('\n').filter((line) => line.startsWith('boardroom_http_request_seconds_count'));
    expect(counted.join('\n')).toContain('route="/tasks/:id"');
    expect(counted.join('\n')).not.toMatch(/tsk_|nowhere/);
  });
});

const elsewhere = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

// Needs an address of this machine that is not the loopback.
describe.skipIf(elsewhere === undefined)('/metrics from another address', () => {
  let outside: Stage;
  beforeAll(async () => {
    outside = await openStage({ ORCHESTRATOR_HOST: elsewhere ?? '' });
  });
  afterAll(() => outside.dispose());

  it('is refused without a key, and with one that is unknown', async () => {
    for (const key of [null, 'brk_unknown']) {
      const { status } = await outside.send('GET', '/metrics', { key });
      expect(status).toBe(401);
    }
  });

  it('is not fooled by a header that claims the loopback', async () => {
    const headers = { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1', 'x-real-ip': '127.0.0.1' };
    expect((await outside.send('GET', '/metrics', { key: null, headers })).status).toBe(401);
  });

  it('is given to a viewer', async () => {
    await outside.ok('getMetrics', { key: outside.keys.viewer });
  });
});

closeBook('system-routes');
