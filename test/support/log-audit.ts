import { expect } from 'vitest';
import type { Frame } from '../../src/contracts/frame.ts';
import { call } from './boardroom.ts';
import { eventually } from './eventually.ts';
import type { SteadyLoad } from './steady-load.ts';

export interface LogEvent {
  readonly seq: number;
  readonly eventType: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The whole log, oldest first. */
export async function readLog(url: string): Promise<LogEvent[]> {
  const events: LogEvent[] = [];
  for (;;) {
    const { body } = await call(`${url}/events?limit=200&after=${events.at(-1)?.seq ?? 0}`, 'GET', {});
    events.push(...body.events);
    if (body.events.length < 200) return events;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the contract of these answers is tested elsewhere
async function readAll(url: string, list: 'tasks' | 'decisions'): Promise<any[]> {
  const found = [];
  for (;;) {
    const { body } = await call(`${url}/${list}?limit=200&offset=${found.length}`, 'GET', {});
    found.push(...body[list]);
    if (body[list].length < 200) return found;
  }
}

/**
 * Nothing lost: what was acknowledged is there and has been done. Nothing doubled: each thing was created, done and told
 * once. No half state: what is there was told, and what was told is there, acknowledged or not.
 */
export async function auditLog(url: string, load: SteadyLoad): Promise<readonly LogEvent[]> {
  const tasks = await doneTasks(url);
  const decisions = await readAll(url, 'decisions');
  const log = await readLog(url);
  const seqs = log.map(({ seq }) => seq);
  expect(seqs, 'the log is in order').toEqual([...new Set(seqs)].sort((a, b) => a - b));
  const told = (eventType: string, key: string) =>
    sorted(log.filter((event) => event.eventType === eventType).map(({ payload }) => String(payload[key])));

  const taskIds = sorted(tasks.map(({ id }) => id));
  expect(taskIds).toEqual(expect.arrayContaining([...load.tasks.values()]));
  expect(new Set(tasks.map(({ title }) => title)).size, 'no task twice').toBe(tasks.length);
  expect(told('task_created', 'taskId')).toEqual(taskIds);
  expect(told('task_completed', 'taskId'), 'each task is done once').toEqual(taskIds);

  const decisionIds = sorted(decisions.map(({ id }) => id));
  expect(decisionIds).toEqual(expect.arrayContaining([...load.decisions.values()].map(({ id }) => id)));
  expect(new Set(decisions.map(({ title }) => title)).size, 'no decision twice').toBe(decisions.length);
  expect(told('decision_proposed', 'decisionId')).toEqual(decisionIds);
  const approved = decisions.filter(({ status }) => status === 'approved').map(({ id }) => id);
  expect(told('decision_resolved', 'decisionId'), 'each decision is resolved once').toEqual(sorted(approved));
  const votes = decisions.flatMap(({ id, ceoVote, daoVote }) => [
    ...(ceoVote === null ? [] : [`${id} ceo`]),
    ...(daoVote === null ? [] : [`${id} dao`]),
  ]);
  const toldVotes = log.filter(({ eventType }) => eventType === 'decision_voted');
  expect(sorted(toldVotes.map(({ payload }) => `${payload['decisionId']} ${payload['voterType']}`))).toEqual(
    sorted(votes),
  );
  const promised = [...load.decisions.values()].flatMap(({ id, voted }) => voted.map((voter) => `${id} ${voter}`));
  expect(votes).toEqual(expect.arrayContaining(promised));
  return log;
}

const sorted = (ids: readonly string[]): string[] => ids.toSorted((a, b) => a.localeCompare(b));

const doneTasks = (url: string) =>
  eventually(
    async () => {
      const tasks = await readAll(url, 'tasks');
      return tasks.every(({ status }) => status === 'completed') ? tasks : undefined;
    },
    { withinMs: 150_000, what: 'every task done' },
  );

/** A client heard all of the log from its hello on, in order, each event once. */
export async function auditSocket(frames: readonly Frame[], log: readonly LogEvent[]): Promise<void> {
  const [hello] = frames;
  const from = hello?.type === 'hello' ? hello.payload.seq : 0;
  const wanted = log.map(({ seq }) => seq).filter((seq) => seq > from);
  const last = wanted.at(-1) ?? 0;
  const heard = () => frames.flatMap(({ type, seq }) => (type === 'event' && seq !== undefined ? [seq] : []));
  await eventually(() => heard().includes(last) || undefined, { what: `event ${last} on the socket` });
  expect(heard().filter((seq) => seq <= last)).toEqual(wanted);
}
