import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildAgentImage } from '../support/agent-image.ts';
import { quick } from '../support/boardroom.ts';
import { createEmptyDatabase, teamIn } from '../support/database.ts';
import { describeDocker, removeTeam } from '../support/docker.ts';
import { freePort } from '../support/free-port.ts';
import { describeRedis, type RedisServer, startRedis } from '../support/redis.ts';
import { printReport } from './report.ts';
import { runStorm } from './storm.ts';
import { createVictim, type Victim } from './victim.ts';

const { CHAOS_KILLS = '20', CHAOS_SEED } = process.env;
const kills = Number(CHAOS_KILLS);
const seed = Number(CHAOS_SEED ?? Date.now() % 1_000_000);
const image = 'boardroom-agent:chaos';
const loopRetryMs = 2_000;

describeRedis('a storm', () => {
  describeDocker('of kills', () => {
    let home: string;
    let redis: RedisServer;
    let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
    let victim: Victim;
    beforeAll(async () => {
      await buildAgentImage(image);
      home = await mkdtemp(join(tmpdir(), 'boardroom-chaos-'));
      redis = await startRedis();
      database = await createEmptyDatabase();
      const environment = {
        ...quick,
        DATABASE_URL: database.url,
        REDIS_URL: redis.url,
        BOARDROOM_HOME: home,
        AGENT_RUNTIME: 'docker',
        AGENT_IMAGE: image,
        GATEWAY_PORT: String(await freePort()),
        // A beat is missed while nobody is there to hear it; agents are not to be taken for dead because of that.
        HEARTBEAT_MS: '5000',
        LOOP_RETRY_MS: `${loopRetryMs}`,
      };
      victim = createVictim(environment, await freePort());
    }, 600_000);
    afterAll(async () => {
      await victim.kill();
      await removeTeam(await teamIn(database.url));
      await database.drop();
      await redis.stop();
      await rm(home, { recursive: true, force: true });
    });

    it(
      `loses nothing and does nothing twice, over ${kills} kills (seed ${seed})`,
      async () => {
        const report = await runStorm({ kills, seed, victim, databaseUrl: database.url, loopRetryMs });
        printReport(report);
        expect(report.findings).toEqual([]);
        expect(report.writes.acknowledged).toBeGreaterThan(kills);
        expect(report.tasksCompleted).toBeGreaterThan(0);
        expect(report.lateCommits).toBeGreaterThan(0);
        expect(report.looks).toBeGreaterThan(kills);
        // A second is the promise; the rest is for machines that have much else to do.
        expect(Math.max(...report.adoptionsMs)).toBeLessThan(10_000);
      },
      300_000 + kills * 20_000,
    );
  });
});
