import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { adminKey, call } from '../support/boardroom.ts';
import type { Dice } from '../support/dice.ts';

/** A pool that wants every event once, in order, whatever becomes of the orchestrator. */
export interface LogReader {
  readonly name: string;
  /** The places in the log as they came. */
  readonly seqs: readonly number[];
  stop(): Promise<void>;
}

const patienceMs = 50;

/** Asks for page after page behind the last place it has seen. */
export function startPager(url: string): LogReader {
  const seqs: number[] = [];
  const stopping = new AbortController();

  async function page(): Promise<number> {
    const { status, body } = await call(`${url}/events?limit=200&after=${seqs.at(-1) ?? 0}`, 'GET', {});
    if (status !== 200) return 0;
    for (const { seq } of body.events) seqs.push(seq);
    return body.events.length;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const count = await page().catch(() => 0);
      if (count === 0) await sleep(patienceMs);
    }
  }

  return { name: 'GET /events?after', seqs, stop: stopperOf(stopping, run()) };
}

/** Comes back with its last place; with dice it also leaves of its own accord. */
export function startListener(url: string, dice?: Dice): LogReader {
  const seqs: number[] = [];
  const stopping = new AbortController();

  async function listen(): Promise<void> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers: { 'x-api-key': adminKey } });
    const gone = new Promise((resolve) => socket.on('close', resolve));
    const leave = () => socket.terminate();
    stopping.signal.addEventListener('abort', leave, { once: true });
    socket.on('error', () => undefined);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', since: seqs.at(-1) ?? 0 })));
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data));
      if (frame.type === 'event') seqs.push(frame.seq);
    });
    if (dice) void sleep(dice.whole(100, 3_000)).then(leave);
    await gone;
    stopping.signal.removeEventListener('abort', leave);
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await listen();
      await sleep(patienceMs);
    }
  }

  const name = dice ? '/ws with since, leaving at will' : '/ws with since';
  return { name, seqs, stop: stopperOf(stopping, run()) };
}

const stopperOf = (stopping: AbortController, running: Promise<void>) => async () => {
  stopping.abort();
  await running;
};

/** How what it saw differs from the log; undefined when it saw each event once, in order. */
export function compareWithLog({ name, seqs }: LogReader, log: readonly number[]): string | undefined {
  const at = log.findIndex((seq, index) => seqs[index] !== seq);
  if (at === -1 && seqs.length === log.length) return undefined;
  const place = at === -1 ? log.length : at;
  return `${name} saw ${seqs.length} events of ${log.length}; at place ${place} it has ${seqs.slice(place, place + 3)}, the log ${log.slice(place, place + 3)}`;
}
