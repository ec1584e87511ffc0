import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openHttpLoad } from '../parts/http-load.ts';
import { cpuOf, mebibytes, memoryOf } from '../parts/proc.ts';
import { openStandIns, type StandIns } from '../parts/stand-ins.ts';
import type { Bench } from '../row.ts';
import { perOne } from './flat.ts';

interface Options {
  readonly counts: readonly number[];
  /** How long each team is watched; more than a resync. */
  readonly seconds: number;
  readonly say: (text: string) => void;
}

/** What a team of this size costs the orchestrator. */
interface AgentCosts {
  readonly agents: number;
  readonly cpuMsPerSecond: number;
  readonly residentMiB: number;
  readonly transactionsPerSecond: number;
  readonly listMs: number;
}

/** Long enough for the first passes and for the rest after the start. */
const settleMs = 10_000;

export async function scaleAgents(bench: Bench, { counts, seconds, say }: Options) {
  say('agents   CPU ms/s   resident MiB   transactions/s   GET /agents ms');
  const costs: AgentCosts[] = [];
  for (const count of counts) {
    const team = await openStandIns(bench, count);
    try {
      const cost = await watch(team, count, seconds);
      costs.push(cost);
      const { cpuMsPerSecond, residentMiB, transactionsPerSecond, listMs } = cost;
      const cells = [cpuMsPerSecond, residentMiB, transactionsPerSecond, listMs].map((value) => value.toFixed(1));
      say([String(count).padEnd(8), ...cells.map((cell, at) => cell.padStart([9, 14, 16, 16][at] ?? 0))].join(' '));
    } finally {
      await team.close();
    }
  }
  const growth = Object.fromEntries(measures.map((measure) => [measure, growthOf(costs, measure)]));
  for (const [measure, { each, growth: grown, flat }] of Object.entries(growth))
    say(
      `  one agent: ${measure} ${each.map((value) => value.toFixed(3)).join(' → ')} (${grown.toFixed(2)} ×, ${flat ? 'flat' : 'NOT flat'})`,
    );
  return { costs, growth };
}

const measures = ['cpuMsPerSecond', 'residentMiB', 'transactionsPerSecond', 'listMs'] as const;

function growthOf(costs: readonly AgentCosts[], measure: (typeof measures)[number]) {
  const none = costs.find(({ agents }) => agents === 0)?.[measure] ?? 0;
  return perOne(
    costs.map((cost) => ({ count: cost.agents, cost: cost[measure] })),
    none,
  );
}

async function watch(team: StandIns, agents: number, seconds: number): Promise<AgentCosts> {
  const { pid, url } = team.orchestrator;
  await sleep(settleMs);
  const client = new pg.Client(team.databaseUrl);
  await client.connect();
  const commits = async () => {
    const text = 'select xact_commit as count from pg_stat_database where datname = current_database()';
    return Number((await client.query<{ count: string }>(text)).rows[0]?.count);
  };
  const before = { cpu: await cpuOf(pid), commits: await commits() };
  await sleep(seconds * 1_000);
  const after = { cpu: await cpuOf(pid), commits: await commits() };
  const { resident } = await memoryOf(pid);
  await assertUnharmed(team, client, agents);
  await client.end();
  const load = openHttpLoad();
  const listMs = await load.latency({ port: Number(new URL(url).port), path: '/agents', requests: 30 });
  await load.close();
  return {
    agents,
    cpuMsPerSecond: (after.cpu - before.cpu) / seconds,
    residentMiB: mebibytes(resident),
    transactionsPerSecond: (after.commits - before.commits) / seconds,
    listMs,
  };
}

/** Figures of a team that was not adopted, or that lost its sockets, would be figures of nothing. */
async function assertUnharmed(team: StandIns, client: pg.Client, agents: number): Promise<void> {
  const text = `select count(*) filter (where ended_at is null and heartbeats > 0) as living, count(*) as lives from agent_instances`;
  const { rows } = await client.query<{ living: string; lives: string }>(text);
  const found = { living: Number(rows[0]?.living), lives: Number(rows[0]?.lives), alive: await team.alive() };
  if (Object.values(found).some((value) => value !== agents))
    throw new Error(`${agents} agents should live their first life, connected: ${JSON.stringify(found)}`);
}
