import { once } from 'node:events';
import pg from 'pg';
import { WebSocket } from 'ws';
import { median } from '../measure.ts';
import { openHttpLoad } from '../parts/http-load.ts';
import { lengthenLog } from '../parts/long-log.ts';
import { type BenchOrchestrator, key, openOrchestrator } from '../parts/orchestrator.ts';
import { mebibytes, memoryOf } from '../parts/proc.ts';
import type { Bench } from '../row.ts';
import { unmoved } from './flat.ts';

interface Options {
  readonly counts: readonly number[];
  readonly say: (text: string) => void;
}

const measures = [
  'appendMs',
  'headMs',
  'middleMs',
  'beginMs',
  'firstPageMs',
  'deepestPageMs',
  'replayMs',
  'residentMiB',
] as const;
type EventCosts = Readonly<Record<(typeof measures)[number] | 'events', number>>;

const requests = 60;
const replayed = 1_000;

/** One log that grows; at each length the same things are asked of it. */
export async function scaleEvents(bench: Bench, { counts, say }: Options) {
  say(`\nevents     ${measures.map((name) => name.replace('Ms', '').padStart(12)).join(' ')}  (ms; MiB)`);
  const database = await bench.createDatabase();
  await (await openOrchestrator(database.url)).close();
  const costs: EventCosts[] = [];
  for (const events of counts) {
    await lengthenLog(database.url, events);
    const orchestrator = await openOrchestrator(database.url);
    const cost = await ask(orchestrator, database.url, events);
    costs.push(cost);
    say([String(events).padEnd(10), ...measures.map((name) => cost[name].toFixed(2).padStart(12))].join(' '));
    await orchestrator.close();
  }
  const growth = Object.fromEntries(
    measures.map((name) => [name, unmoved(costs.map((cost) => ({ count: cost.events, cost: cost[name] })))]),
  );
  for (const [name, { growth: grown, flat }] of Object.entries(growth))
    say(`  from the shortest to the longest log: ${name} ${grown.toFixed(2)} × (${flat ? 'flat' : 'NOT flat'})`);
  await database.drop();
  return { costs, growth };
}

async function ask(orchestrator: BenchOrchestrator, databaseUrl: string, events: number): Promise<EventCosts> {
  const port = Number(new URL(orchestrator.url).port);
  const load = openHttpLoad();
  const page = (query: string) => load.latency({ port, path: `/events?limit=100${query}`, requests });
  const last = await lastSeq(databaseUrl);
  const costs = {
    events,
    appendMs: await append(databaseUrl),
    headMs: await page(`&after=${last - 100}`),
    middleMs: await page(`&after=${Math.floor(last / 2)}`),
    beginMs: await page('&after=0'),
    firstPageMs: await page(''),
    deepestPageMs: await page('&before=201'),
    replayMs: await replay(port, last - replayed),
    residentMiB: mebibytes((await memoryOf(orchestrator.pid)).resident),
  };
  await load.close();
  return costs;
}

async function lastSeq(databaseUrl: string): Promise<number> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const { rows } = await client.query<{ last: string }>('select max(seq) as last from events');
  await client.end();
  return Number(rows[0]?.last);
}

/** One event in a transaction of its own, trigger and indexes included. */
async function append(databaseUrl: string): Promise<number> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const taken: number[] = [];
  for (let at = 0; at < requests; at += 1) {
    const startedAt = performance.now();
    await client.query(
      `insert into events (event_type, agent_type, payload, created_at)
       values ('alert_raised', 'ceo', '{"agentType":"ceo","severity":"info","message":"x","actor":"system"}', now())`,
    );
    taken.push(performance.now() - startedAt);
  }
  await client.end();
  return median(taken);
}

/** From the wish to the last of the thousand events that a client has missed. */
async function replay(port: number, since: number): Promise<number> {
  const taken: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers: { 'x-api-key': key } });
    await once(socket, 'open');
    let heard = 0;
    const done = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        if (data.includes('"type":"event"')) heard += 1;
        if (heard >= replayed) resolve();
      });
    });
    const startedAt = performance.now();
    socket.send(JSON.stringify({ type: 'subscribe', since }));
    await done;
    taken.push(performance.now() - startedAt);
    socket.terminate();
  }
  return median(taken);
}
