import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLifecycle } from '../../src/orchestrator/lifecycle.ts';
import { buildAgentImage } from '../support/agent-image.ts';
import { quick } from '../support/boardroom.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { describeDocker } from '../support/docker.ts';
import { freePort } from '../support/free-port.ts';
import { describeRedis, startRedis } from '../support/redis.ts';
import { printReport } from './report.ts';
import { runStorm } from './storm.ts';
import type { Team } from './team.ts';
import { teamInDocker } from './team-in-docker.ts';
import { teamInProcesses } from './team-in-processes.ts';
import { createVictim, type Victim } from './victim.ts';

const { CHAOS_KILLS = '20', CHAOS_SEED = `${Date.now() % 1_000_000}`, CHAOS_RUNTIME = 'docker' } = process.env;
const [kills, seed] = [Number(CHAOS_KILLS), Number(CHAOS_SEED)];
const inDocker = CHAOS_RUNTIME === 'docker';
const describeRuntime = inDocker ? describeDocker : describe;
const image = 'boardroom-agent:chaos';
const loopRetryMs = 2_000;

describeRedis('a storm', () => {
  describeRuntime(`of kills, with the team in ${CHAOS_RUNTIME}`, () => {
    const lifecycle = createLifecycle();
    let stage: { readonly victim: Victim; readonly team: Team; readonly databaseUrl: string };
    beforeAll(async () => {
      if (inDocker) await buildAgentImage(image);
      const home = await mkdtemp(join(tmpdir(), 'boardroom-chaos-'));
      lifecycle.onClose('home', () => rm(home, { recursive: true, force: true }));
      const redis = await startRedis();
      lifecycle.onClose('redis', () => redis.stop());
      const database = await createEmptyDatabase();
      lifecycle.onClose('database', () => database.drop());
      const gatewayPort = await freePort();
      const team = inDocker ? teamInDocker(database.url) : teamInProcesses({ home, gatewayPort });
      const environment = {
        ...quick,
        DATABASE_URL: database.url,
        REDIS_URL: redis.url,
        BOARDROOM_HOME: home,
        AGENT_RUNTIME: CHAOS_RUNTIME,
        AGENT_IMAGE: image,
        GATEWAY_PORT: `${gatewayPort}`,
        EGRESS_PORT: `${await freePort()}`,
        // A beat is missed while nobody is there to hear it; agents are not to be taken for dead because of that.
        HEARTBEAT_MS: '5000',
        LOOP_RETRY_MS: `${loopRetryMs}`,
      };
      const victim = createVictim(environment, await freePort());
      lifecycle.onClose('team', () => team.remove());
      lifecycle.onClose('victim', () => victim.kill());
      stage = { victim, team, databaseUrl: database.url };
    }, 600_000);
    afterAll(async () => {
      expect(await lifecycle.close()).toEqual([]);
    });

    it(
      `loses nothing and does nothing twice, over ${kills} kills (seed ${seed})`,
      async () => {
        const report = await runStorm({ ...stage, kills, seed, loopRetryMs });
        printReport(report);
        expect(report.findings).toEqual([]);
        expect(report.writes.acknowledged).toBeGreaterThan(kills);
        expect(report.tasksCompleted).toBeGreaterThan(0);
        expect(report.lateCommits).toBeGreaterThan(0);
        expect(report.looks).toBeGreaterThan(kills);
        // A second is the promise, and a free machine keeps it; the rest is for one that has much else to do.
        expect(Math.max(...report.adoptionsMs)).toBeLessThan(10_000);
      },
      600_000 + kills * 20_000,
    );
  });
});
