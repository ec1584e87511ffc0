import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { loadProfiles } from '../../src/orchestrator/agents/profiles.ts';
import { createSpecBuilder } from '../../src/orchestrator/agents/spec.ts';
import { systemClock as clock } from '../../src/orchestrator/platform/clock.ts';
import { systemChance as chance, hashSecret } from '../../src/orchestrator/platform/identity.ts';
import { markerName } from '../../src/orchestrator/platform/process-family.ts';
import { createProcessRecords } from '../../src/orchestrator/platform/process-records.ts';
import { createProcessRuntime } from '../../src/orchestrator/platform/process-runtime.ts';
import { systemProcessTable } from '../../src/orchestrator/platform/process-table-system.ts';
import { freePort } from '../../test/support/free-port.ts';
import type { Bench } from '../row.ts';
import { type BenchOrchestrator, openOrchestrator } from './orchestrator.ts';
import { startWorker, type Worker } from './worker.ts';

/** A team that a real orchestrator has adopted: real lives, tokens and sockets; the processes behind them only sleep. */
export interface StandIns {
  readonly orchestrator: BenchOrchestrator;
  readonly databaseUrl: string;
  /** How many are connected, as they see it themselves. */
  alive(): Promise<number>;
  close(): Promise<void>;
}

const perWorker = 250;
const profileOf = (type: string) =>
  `---\nversion: 1\nname: ${type}\nloopInterval: 2592000\npermissions:\n  tools: [read_inbox]\n---\nWait.\n`;

export async function openStandIns(bench: Bench, count: number): Promise<StandIns> {
  const database = await bench.createDatabase();
  const home = await mkdtemp(join(tmpdir(), 'boardroom-bench-home-'));
  const profiles = await mkdtemp(join(tmpdir(), 'boardroom-bench-profiles-'));
  const types = Array.from({ length: count }, (_, at) => `agent${at}`);
  for (const type of types.length === 0 ? ['nobody'] : types)
    await writeFile(join(profiles, `${type}.md`), profileOf(type));
  const [gatewayPort, egressPort] = [await freePort(), await freePort()];
  const environment = {
    BOARDROOM_HOME: home,
    BOARDROOM_PROFILES: profiles,
    GATEWAY_PORT: String(gatewayPort),
    EGRESS_PORT: String(egressPort),
  };
  // The first start makes tables and rows; the second one finds a team at work, and adopts it.
  await (await openOrchestrator(database.url, environment)).close();
  const { tokens, processes } = await bring(
    { databaseUrl: database.url, home, profiles, gatewayPort, egressPort },
    types,
  );
  const orchestrator = await openOrchestrator(database.url, environment);
  const workers: Worker[] = [];
  const team: StandIns = {
    orchestrator,
    databaseUrl: database.url,
    async alive() {
      const counts = await Promise.all(workers.map((worker) => worker.call<number>('alive')));
      return counts.reduce((sum, open) => sum + open, 0);
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.end()));
      for (const child of processes) child.kill('SIGKILL');
      await orchestrator.close();
      await Promise.all([home, profiles].map((folder) => rm(folder, { recursive: true })));
      await database.drop();
    },
  };
  try {
    await connect(gatewayPort, tokens, workers);
    return team;
  } catch (error) {
    // What runs by now would outlive us.
    await team.close();
    throw error;
  }
}

async function connect(port: number, tokens: readonly string[], workers: Worker[]): Promise<void> {
  for (let at = 0; at < tokens.length; at += perWorker) {
    const worker = startWorker(new URL('./heartbeats.worker.ts', import.meta.url));
    workers.push(worker);
    await worker.call('connect', { port, tokens: tokens.slice(at, at + perWorker) });
  }
}

interface Place {
  readonly databaseUrl: string;
  readonly home: string;
  readonly profiles: string;
  readonly gatewayPort: number;
  readonly egressPort: number;
}

/** What the orchestrator would have left had it started them: a process, its record, and the row of its life. */
async function bring(
  { databaseUrl, home, profiles: folder, gatewayPort, egressPort }: Place,
  types: readonly string[],
) {
  const entry = resolve('dist/agents/agent.cjs');
  const runtime = createProcessRuntime({ entry, home, clock, onError: (error) => console.error(error) });
  const specs = createSpecBuilder({
    runtime,
    gatewayPort,
    egressPort,
    secretOf: () => undefined,
    onAddress: () => undefined,
  });
  const profiles = await loadProfiles(folder, (error) => console.error(error));
  const records = createProcessRecords(join(home, 'run'));
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const tokens: string[] = [];
  const processes: ChildProcess[] = [];
  for (const agentType of types) {
    const profile = profiles.get(agentType);
    if (!profile) throw new Error(`${agentType} has no profile`);
    const instanceId = chance.id('ins');
    const token = `bra_${chance.secret()}`;
    const specHash = await specs.hash({ type: agentType, generation: 0 }, profile);
    const child = spawn('sleep', ['infinity'], {
      detached: true,
      stdio: 'ignore',
      env: { [markerName]: instanceId, PATH: '/usr/bin:/bin' },
    });
    await once(child, 'spawn');
    const row = await systemProcessTable().find(child.pid ?? 0);
    if (!row) throw new Error(`${agentType} did not start`);
    const log = { inode: 0, from: 0, to: null };
    const startedAt = Date.now();
    const { pid, startTime } = row;
    await records.write({ instanceId, agentType, specHash, pid, startTime, startedAt, log, exit: null });
    await client.query(
      `insert into agent_instances (id, agent_type, spec_hash, token_hash, container_id, created_at, started_at)
       values ($1, $2, $3, $4, $5, now(), now())`,
      [instanceId, agentType, specHash, hashSecret(token), `proc_${instanceId}`],
    );
    tokens.push(token);
    processes.push(child);
  }
  await client.query(
    "update agents set desired = 'running', status = 'running', because = 'as wanted' where type like 'agent%'",
  );
  await client.end();
  return { tokens, processes };
}
