import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEmptyDatabase } from '../support/database.ts';
import {
  expectAgentsUntouched,
  expectReadiness,
  type OutageStage,
  openOutageStage,
  outageTest,
} from '../support/outage-stage.ts';
import { describeRedis, type RedisServer, startRedis } from '../support/redis.ts';

describeRedis('Redis is', () => {
  let redis: RedisServer;
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let stage: OutageStage;
  beforeEach(async () => {
    redis = await startRedis();
    database = await createEmptyDatabase();
    stage = await openOutageStage({ DATABASE_URL: database.url, REDIS_URL: redis.url });
  });
  afterEach(async () => {
    redis.thaw();
    await stage.dispose();
    await redis.stop();
    await database.drop();
  });

  /** What the failure table says: /ready tells of it, and nobody else notices. */
  async function expectOnlyReadyToTell(): Promise<void> {
    const log = await stage.audit();
    expectAgentsUntouched(stage, log);
    expect(stage.load.answers.filter(({ problem }) => problem !== '')).toEqual([]);
  }

  it('stopped and started again: /ready says so, API, votes, agents and live updates go on', outageTest, async () => {
    const outage = await stage.outage({ breaks: redis.stop, mends: redis.start });
    expectReadiness(outage, { database: 'ok', redis: 'error' });
    await expectOnlyReadyToTell();
  });

  it('hanging: /ready says so, and nobody waits for it', outageTest, async () => {
    const outage = await stage.outage({ breaks: redis.freeze, meanwhile: stage.works, mends: redis.thaw });
    expectReadiness(outage, { database: 'ok', redis: 'error' });
    await expectOnlyReadyToTell();
    // Whoever asked in its first half was answered before it was over.
    const half = (outage.from + outage.to) / 2;
    const asked = stage.load.answers.filter(({ at }) => at > outage.from && at < half);
    expect(asked).not.toEqual([]);
    expect(asked.filter(({ at, tookMs }) => at + tookMs > outage.to)).toEqual([]);
  });

  it('full: it still carries news, requests are counted in memory, and nobody notices', outageTest, async () => {
    const outage = await stage.outage({
      breaks: () => redis.configure('maxmemory', '1'),
      mends: () => redis.configure('maxmemory', '0'),
    });
    expectReadiness(outage, { database: 'ok', redis: 'ok' });
    await expectOnlyReadyToTell();
  });

  it(
    'away at the start: the orchestrator starts all the same, says so in /ready, and finds it later',
    outageTest,
    async () => {
      await redis.stop();
      const other = await createEmptyDatabase();
      const late = await openOutageStage({ DATABASE_URL: other.url, REDIS_URL: redis.url });
      const outage = await late.outage({ breaks: () => undefined, mends: redis.start });
      expectReadiness(outage, { database: 'ok', redis: 'error' });
      await late.audit();
      await late.dispose();
      await other.drop();
    },
  );
});
