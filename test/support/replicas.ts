import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { adminKey, quick } from './boardroom.ts';
import { createEmptyDatabase } from './database.ts';
import { freePort } from './free-port.ts';
import { type OrchestratorProcess, startOrchestrator } from './orchestrator-process.ts';
import { type RedisServer, startRedis } from './redis.ts';

/** Orchestrators in processes of their own, on one database and one Redis, as an operator runs several. */
export interface Replicas {
  readonly replicas: readonly OrchestratorProcess[];
  /** A session of the test's own: to look, and to stand in the way. */
  readonly looker: pg.Client;
  /** Ends what still runs, and removes what was made. */
  dispose(): Promise<void>;
}

export async function startReplicas(count: number, environment: Record<string, string> = {}): Promise<Replicas> {
  const opened: (() => Promise<unknown>)[] = [];
  const dispose = async () => {
    for (const close of opened.splice(0).toReversed()) await close();
  };
  try {
    const database = await createEmptyDatabase();
    opened.push(database.drop);
    const redis = await startRedis();
    opened.push(redis.stop);
    const replicas = [];
    for (let number = 0; number < count; number += 1) {
      const started = await startReplica({ databaseUrl: database.url, redis, environment });
      opened.push(started.dispose);
      replicas.push(started.replica);
    }
    const looker = new pg.Client(database.url);
    await looker.connect();
    opened.push(() => looker.end());
    return { replicas, looker, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

interface Place {
  readonly databaseUrl: string;
  readonly redis: RedisServer;
  readonly environment: Record<string, string>;
}

async function startReplica({ databaseUrl, redis, environment }: Place) {
  const home = await mkdtemp(join(tmpdir(), 'boardroom-test-'));
  const replica = await startOrchestrator({
    ...quick,
    GATEWAY_PORT: String(await freePort()),
    EGRESS_PORT: String(await freePort()),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redis.url,
    BOARDROOM_HOME: home,
    BOARDROOM_ADMIN_KEY: adminKey,
    BOARDROOM_AGENTS: 'none',
    AGENT_RUNTIME: 'process',
    ...environment,
  });
  return {
    replica,
    async dispose() {
      if (isRunning(replica.pid)) await replica.end('SIGKILL');
      await rm(home, { recursive: true, force: true });
    },
  };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
