import { rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Answer, type Call, call } from '../support/boardroom.ts';
import { eventually } from '../support/eventually.ts';
import type { OrchestratorProcess } from '../support/orchestrator-process.ts';
import { describeRedis } from '../support/redis.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';
import { newId } from '../support/stand-in.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const preload = new URL('../support/shifted-clock.mjs', import.meta.url).href;

/** What runs how often; what is due by the hour or the day is not, within these ten minutes. */
const periods = { deadlines: 1, 'health-check': 1, report: 1, 'archive-processor': 5 };

interface Run {
  readonly job_id: string;
  readonly slot: Date;
  readonly status: string;
  readonly replica: string;
}

describeRedis('three orchestrators in processes of their own, on one database and one Redis', () => {
  const file = join(tmpdir(), newId('shift'));
  /** In the middle of a minute, so that no slot comes by itself while the clock is set. */
  const beginning = (Math.floor(Date.now() / hourMs) + 1) * hourMs + minuteMs / 2;
  let team: Replicas;
  beforeAll(async () => {
    await set(beginning);
    const clock = { NODE_OPTIONS: `--import ${preload}`, SHIFT_FILE: file };
    team = await startReplicas(3, { ...clock, SWEEP_MS: String(minuteMs) });
  });
  afterAll(async () => {
    await team.dispose();
    await rm(file, { force: true });
  });

  async function set(moment: number): Promise<void> {
    await writeFile(`${file}.next`, String(moment - Date.now()));
    await rename(`${file}.next`, file);
  }

  const ask = (replica: OrchestratorProcess, method: 'GET' | 'POST', path: string, options: Call = {}) =>
    call(replica.url + path, method, options);
  const replicaOf = async (process: OrchestratorProcess): Promise<{ id: string; leader: boolean }> =>
    (await ask(process, 'GET', '/health/full')).body.replica;
  const leader = (among: readonly OrchestratorProcess[]) =>
    eventually(
      async () => {
        for (const process of among) {
          const { id, leader } = await replicaOf(process);
          if (leader) return { process, id };
        }
        return undefined;
      },
      { what: 'a leader' },
    );

  /** All that was due by then, once nothing of it waits or is at work. */
  const runsUpTo = (moment: number) =>
    eventually(
      async () => {
        const open = await team.looker.query(
          `select from jobs where next_at <= $1 union all select from job_runs where status not in ('done', 'failed')`,
          [new Date(moment)],
        );
        if (open.rowCount !== 0) return undefined;
        return (await team.looker.query<Run>('select * from job_runs order by slot, id')).rows;
      },
      { what: `what was due by ${new Date(moment).toISOString()}`, withinMs: 20_000 },
    );

  it('run each slot once in ten minutes, though the leader is killed as one begins; the next runs on another', async () => {
    const body = { id: 'report', schedule: '* * * * *', template: { task: { title: 'Report', assignTo: 'cfo' } } };
    const made: Answer = await ask((await leader(team.replicas)).process, 'POST', '/scheduler/jobs', { body });
    expect(made.status).toBe(201);
    const dead = await leader(team.replicas);
    const others = team.replicas.filter((process) => process !== dead.process);
    for (let minute = 1; minute <= 10; minute += 1) {
      await set(beginning + minute * minuteMs);
      if (minute === 5) await dead.process.end('SIGKILL');
      await runsUpTo(beginning + minute * minuteMs);
    }
    expect((await leader(others)).id).not.toBe(dead.id);

    const runs = await runsUpTo(beginning + 10 * minuteMs);
    expect(runs.filter(({ status }) => status !== 'done')).toEqual([]);
    const minutesOf = (jobId: string) =>
      runs.filter((run) => run.job_id === jobId).map(({ slot }) => (slot.getTime() % hourMs) / minuteMs);
    const due = (every: number) => Array.from({ length: 10 / every }, (_, at) => (at + 1) * every);
    const ran = Object.fromEntries(Object.keys(periods).map((id) => [id, minutesOf(id)]));
    expect(ran).toEqual(Object.fromEntries(Object.entries(periods).map(([id, every]) => [id, due(every)])));
    expect(new Set(runs.map(({ job_id }) => job_id))).toEqual(new Set(Object.keys(periods)));

    const later = runs.filter(({ slot }) => slot.getTime() > beginning + 5 * minuteMs);
    const living = await Promise.all(others.map(async (process) => (await replicaOf(process)).id));
    expect(later.filter(({ replica }) => !living.includes(replica))).toEqual([]);
    const tasks = await team.looker.query(`select from tasks where title = 'Report'`);
    expect(tasks.rowCount).toBe(10);
  }, 120_000);
});
