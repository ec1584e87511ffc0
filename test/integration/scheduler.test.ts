import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewJob } from '../../src/contracts/job.ts';
import type { Actor } from '../../src/orchestrator/events/work.ts';
import type { JobDefinition } from '../../src/orchestrator/jobs/runs.ts';
import { eventually } from '../support/eventually.ts';
import { openSchedulerStage, type SchedulerStage } from '../support/scheduler-stage.ts';

const anna: Actor = { name: 'operator:anna', agentId: null };
const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;

let stage: SchedulerStage;
beforeEach(async () => {
  stage = await openSchedulerStage();
});
afterEach(() => stage.dispose());

interface RunRow extends Record<string, unknown> {
  readonly job_id: string;
  readonly slot: Date | null;
  readonly status: string;
  readonly replica: string;
  readonly attempt: number;
}
const runsOf = async (jobId: string): Promise<RunRow[]> =>
  (
    await stage.postgres.db.execute<RunRow>(sql`select * from job_runs where job_id = ${jobId} order by slot, id`)
  ).rows.map((row) => ({ ...row, slot: row.slot && new Date(row.slot) }));
const slotsOf = async (jobId: string) => (await runsOf(jobId)).map(({ slot }) => slot?.toISOString().slice(11, 19));

/** A job that tells who ran it, and waits where the test says. */
const job = (parts: Partial<JobDefinition> = {}): JobDefinition => ({
  id: 'tidy',
  schedule: '* * * * *',
  description: '',
  catchUp: 'latest',
  run: async () => ({ summary: 'tidied', changed: true }),
  ...parts,
});

const own = (parts: Partial<NewJob> = {}): NewJob => ({
  id: 'report',
  schedule: '* * * * *',
  timeZone: 'UTC',
  description: '',
  catchUp: 'skip',
  template: { task: { title: 'Report', description: '', assignTo: 'cfo', priority: 'normal' } },
  ...parts,
});
const tasks = async () => (await stage.services.tasks.list({ limit: 200, offset: 0 })).tasks;

describe('three orchestrators on one database', () => {
  it('run every slot of every job once in ten minutes, whoever of them dies', async () => {
    const replicas = [];
    for (const name of ['one', 'two', 'three']) replicas.push(await stage.addReplica(name));
    await stage.tick();
    await stage.pass(5 * minuteMs, 15 * secondMs);
    await replicas[0]?.kill();
    await stage.pass(5 * minuteMs, 15 * secondMs);
    const minutes = Array.from({ length: 10 }, (_, minute) => `00:${String(minute + 1).padStart(2, '0')}:00`);
    expect(await slotsOf('health-check')).toEqual(minutes);
    expect(await slotsOf('deadlines')).toHaveLength(40);
    expect(new Set(await slotsOf('deadlines')).size).toBe(40);
    const all = (await stage.postgres.db.execute<RunRow>(sql`select * from job_runs`)).rows;
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set(['done']));
    expect(all.some(({ replica }) => replica === 'two' || replica === 'three')).toBe(true);
  });

  it('run nothing twice when the clock is set back an hour, and go on when it has caught up', async () => {
    await stage.addReplica('one', () => [job()]);
    await stage.addReplica('two', () => [job()]);
    await stage.tick();
    await stage.pass(3 * minuteMs, minuteMs);
    stage.time.set(stage.time.clock.now() - hourMs);
    await stage.pass(hourMs, minuteMs);
    expect(await slotsOf('tidy')).toEqual(['00:01:00', '00:02:00', '00:03:00']);
    await stage.pass(minuteMs, minuteMs);
    expect(await slotsOf('tidy')).toHaveLength(4);
  });
});

describe('a run', () => {
  it('is taken over, as the same run, by another replica when its own dies in the middle', async () => {
    const hang = (name: string) => [
      job({
        run: ({ signal }) =>
          name === 'dies'
            ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
            : Promise.resolve({ summary: `by ${name}`, changed: true }),
      }),
    ];
    const dying = await stage.addReplica('dies', hang);
    await stage.tick();
    await stage.time.advance(minuteMs);
    dying.scheduler.wake();
    await eventually(async () => (await runsOf('tidy')).find(({ status }) => status === 'running'));
    await stage.addReplica('lives', hang);
    await dying.kill();
    await eventually(async () => {
      await stage.tick();
      return (await runsOf('tidy')).find(({ status }) => status === 'done');
    });
    expect(await runsOf('tidy')).toMatchObject([{ status: 'done', attempt: 2, replica: 'lives', summary: 'by lives' }]);
  });

  it('is never alone with another of the same job: the slot that comes meanwhile waits for its end', async () => {
    let atWork = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    const slow = () => [
      job({
        async run() {
          atWork += 1;
          most = Math.max(most, atWork);
          await new Promise<void>((resolve) => ends.push(resolve));
          atWork -= 1;
          return { summary: '', changed: false };
        },
      }),
    ];
    const replicas = [await stage.addReplica('one', slow), await stage.addReplica('two', slow)];
    await stage.tick();
    await stage.time.advance(minuteMs);
    for (const { scheduler } of replicas) scheduler.wake();
    await eventually(() => ends.length > 0 || undefined);
    await stage.time.advance(minuteMs);
    for (const { scheduler } of replicas) scheduler.wake();
    ends.shift()?.();
    await eventually(() => ends.length > 0 || undefined);
    ends.shift()?.();
    await stage.tick();
    expect(most).toBe(1);
    expect(await slotsOf('tidy')).toEqual(['00:01:00', '00:02:00']);
  });

  it('that fails is on record with its reason, told of once, and the next slot is run', async () => {
    let fails = true;
    await stage.addReplica('one', () => [
      job({
        run: async () => {
          if (fails) throw new Error('no room');
          return { summary: 'tidied', changed: false };
        },
      }),
    ]);
    await stage.tick();
    await stage.pass(2 * minuteMs, minuteMs);
    expect(await runsOf('tidy')).toMatchObject([
      { status: 'failed', summary: 'no room' },
      { status: 'failed', summary: 'no room' },
    ]);
    expect((await stage.services.jobs.list()).jobs).toMatchObject([{ id: 'tidy', lastStatus: 'failed', failures: 2 }]);
    fails = false;
    await stage.pass(minuteMs, minuteMs);
    expect((await stage.services.jobs.list()).jobs).toMatchObject([{ lastStatus: 'done', failures: 0 }]);
    const events = await stage.services.events.list({ limit: 200 });
    expect(events.map(({ eventType }) => eventType)).toEqual(['job_finished', 'job_failed']);
  });

  it('is done at once when it is asked for, paused or not, and twice asked is once done', async () => {
    await stage.addReplica('one', () => [job()]);
    await stage.tick();
    await stage.services.jobs.pause(anna, 'tidy');
    const [first, second] = [
      await stage.services.jobs.request(anna, 'tidy'),
      await stage.services.jobs.request(anna, 'tidy'),
    ];
    expect(second.id).toBe(first.id);
    await stage.tick();
    expect(await runsOf('tidy')).toMatchObject([{ id: first.id, status: 'done', slot: null }]);
  });
});

describe('a job that is paused', () => {
  it('stays so over a restart; resumed, it makes up for nothing', async () => {
    const first = await stage.addReplica('one', () => [job({ catchUp: 'all' })]);
    await stage.tick();
    await stage.services.jobs.pause(anna, 'tidy');
    await first.scheduler.stop();
    await stage.addReplica('two', () => [job({ catchUp: 'all' })]);
    await stage.pass(3 * minuteMs, minuteMs);
    expect(await runsOf('tidy')).toEqual([]);
    await stage.services.jobs.resume(anna, 'tidy');
    await stage.tick();
    expect(await runsOf('tidy')).toEqual([]);
    await stage.pass(minuteMs, minuteMs);
    expect(await slotsOf('tidy')).toEqual(['00:04:00']);
  });
});

describe('slots that nobody was there for', () => {
  it.each([
    ['latest', ['04:00:00']],
    ['skip', []],
    ['all', ['01:00:00', '02:00:00', '03:00:00', '04:00:00']],
  ] as const)('are made up for as the rule %s says', async (catchUp, slots) => {
    const hourly = () => [job({ catchUp, schedule: '0 * * * *' })];
    const first = await stage.addReplica('one', hourly);
    await stage.tick();
    await first.scheduler.stop();
    await stage.time.advance(4.5 * hourMs);
    await stage.addReplica('two', hourly);
    await stage.tick();
    expect(await slotsOf('tidy')).toEqual(slots);
  });
});

describe('a schedule of an operator’s own', () => {
  it('gives its task once for each slot, though its replica dies at the very end of the run', async () => {
    const dying = await stage.addReplica('dies', () => []);
    await stage.tick();
    await stage.services.jobs.create(anna, own());
    await stage.time.advance(minuteMs);
    dying.scheduler.wake();
    await eventually(async () => (await runsOf('report'))[0]);
    await dying.kill();
    await stage.addReplica('lives', () => []);
    await eventually(async () => {
      await stage.tick();
      return (await runsOf('report')).find(({ status }) => status === 'done');
    });
    expect(await tasks()).toMatchObject([{ title: 'Report', assignedTo: 'cfo', createdBy: 'operator:anna' }]);
    await stage.pass(minuteMs, minuteMs);
    expect(await tasks()).toHaveLength(2);
  });

  it('whose agent is gone fails in words, and does nothing', async () => {
    await stage.addReplica('one', () => []);
    await stage.services.jobs.create(anna, own());
    await stage.postgres.db.execute(sql`update jobs set template = jsonb_set(template, '{task,assignTo}', '"intern"')`);
    await stage.pass(minuteMs, minuteMs);
    expect(await runsOf('report')).toMatchObject([{ status: 'failed', summary: expect.stringContaining('intern') }]);
    expect(await tasks()).toEqual([]);
  });
});
