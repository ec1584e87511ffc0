import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAlertService } from '../../src/orchestrator/alerts/service.ts';
import { eventually } from '../support/eventually.ts';
import { actsOn, anna, openSchedulerStage, type SchedulerStage } from '../support/scheduler-stage.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let stage: SchedulerStage;
let documentsFolder: string;
beforeAll(async () => {
  documentsFolder = await mkdtemp(join(tmpdir(), 'boardroom-documents-'));
  stage = await openSchedulerStage({ documentsFolder });
  await stage.addReplica('one');
});
beforeEach(async () => {
  await stage.postgres.db.execute(
    sql`truncate documents, passages, archived, index_cursors, events, tasks, decisions, messages, settings, job_runs, agent_history, agent_loops, agent_instances, tool_calls, domain_usage cascade`,
  );
});
afterAll(() => stage.dispose());

const { run, give, eventsOf, countOf, set } = actsOn(() => stage);

/** Begins what writes into the table, and holds it there: `count` stand in line, each in the middle of a transaction. */
async function heldAt<T>(table: string, count: number, begin: () => Promise<T>) {
  const holder = await stage.postgres.connect();
  await holder.query(`begin; lock table ${table} in exclusive mode`);
  const outcome = begin();
  const inLine = `select pid from pg_locks where relation = '${table}'::regclass and not granted`;
  await eventually(async () => (await holder.query(inLine)).rowCount === count || undefined, { what: 'the line' });
  return {
    outcome,
    letGo: () => holder.end(),
    async kill() {
      await holder.query(`select pg_terminate_backend(pid) from (${inLine}) line`);
      await holder.end();
    },
  };
}

describe('the archive', () => {
  const { signal } = new AbortController();
  const agent = (name: string) => ({ name, agentId: `agt_${name}` });
  const found = async (query: string) =>
    (await stage.services.knowledge.searchAll({ query, limit: 20 })).results.map(({ source }) => source);

  async function finished(title: string, result: string): Promise<string> {
    const { id } = await give(title);
    const claimant = { actor: agent('cmo'), instanceId: 'ins_1' };
    const { tasks, unitOfWork } = stage.services;
    await unitOfWork((work) => tasks.claim(work, claimant, id));
    await unitOfWork((work) => tasks.finish(work, claimant, { taskId: id, status: 'completed', result }));
    return id;
  }

  async function vetoed(title: string): Promise<string> {
    const { decisions, unitOfWork } = stage.services;
    const proposal = { title, description: 'with a stall', tier: 'major' as const, onApprove: [] };
    const decisionId = await unitOfWork((work) => decisions.propose(work, anna, proposal));
    for (const voterType of ['ceo', 'dao'])
      await decisions.voteOnBehalf(anna, { decisionId, voterType, vote: 'veto', reason: 'too noisy' });
    return decisionId;
  }

  it('takes what is over out of the lists after its time; it is still shown by its id, and found by its words', async () => {
    const taskId = await finished('Order the zeppelin', 'It arrives on Monday');
    const decisionId = await vetoed('Visit the funfair');
    const task = await stage.services.tasks.get(taskId);
    const decision = await stage.services.decisions.get(decisionId);
    expect(await run('archive-processor')).toBe('nothing to do');
    await stage.time.advance(30 * dayMs + 1);
    expect(await run('archive-processor')).toBe('tasks archived: 1, decisions archived: 1');
    expect((await stage.services.tasks.list({ limit: 200, offset: 0 })).total).toBe(0);
    expect(await stage.services.tasks.get(taskId)).toEqual(task);
    expect(await stage.services.decisions.get(decisionId)).toEqual(decision);
    expect(decision.votes).toHaveLength(2);
    expect(await found('zeppelin Monday')).toEqual([`task:${taskId}`]);
    expect(await found('funfair noisy')).toEqual([`decision:${decisionId}`]);
    expect(await run('archive-processor')).toBe('nothing to do');
  });

  it('leaves alone what is not over, and moves the rest in batches, each whole or not at all', async () => {
    const open = await give('Keep me');
    for (let count = 0; count < 60; count += 1) await finished(`Task number ${count}`, 'done');
    await stage.time.advance(31 * dayMs);
    const { archivist } = stage.services;
    const places = async () => [await countOf('tasks'), await countOf('archived'), await countOf('documents')];
    const killed = await heldAt('archived', 1, () => archivist.archive(signal));
    const end = expect(killed.outcome).rejects.toThrow();
    await killed.kill();
    await end;
    expect(await places()).toEqual([61, 0, 0]);
    const stop = new AbortController();
    const stopped = await heldAt('archived', 1, () => archivist.archive(stop.signal));
    const stopping = expect(stopped.outcome).rejects.toThrow('enough');
    stop.abort(new Error('enough'));
    await stopped.letGo();
    await stopping;
    expect(await places()).toEqual([11, 50, 50]);
    await Promise.all([archivist.archive(signal), archivist.archive(signal)]);
    expect(await places()).toEqual([1, 60, 60]);
    expect(await stage.services.tasks.get(open.id)).toMatchObject({ status: 'pending' });
  });

  it('remembers what an agent did by day, once the day is over, said once however often; it is that agent’s alone', async () => {
    const at = (hours: number) => new Date(stage.time.clock.now() + hours * hourMs).toISOString();
    const deed = (id: string, summary: string, hours: number) =>
      stage.postgres.db.execute(
        sql`insert into agent_history values (${id}, 'cmo', 'loop_done', ${summary}, ${at(hours)})`,
      );
    await stage.time.advance(dayMs - (stage.time.clock.now() % dayMs));
    await deed('hst_1', 'Watered the begonias', 1);
    await deed('hst_2', 'Watered the begonias', 2);
    await deed('hst_3', 'Sent the catalogue', 3);
    await stage.time.advance(20 * hourMs);
    expect(await run('archive-processor')).toBe('nothing to do');
    await stage.time.advance(5 * hourMs);
    expect(await run('archive-processor')).toBe('days of agents remembered: 1');
    const { results } = await stage.services.knowledge.searchAll({ query: 'begonias', limit: 5 });
    expect(results).toMatchObject([{ kind: 'history', agent: 'cmo' }]);
    const { text } = await stage.services.knowledge.get(results[0]?.id ?? '');
    expect(text).toBe('Watered the begonias (2 times)\nSent the catalogue');
    expect(await run('archive-processor')).toBe('nothing to do');
  });
});

describe('the index', () => {
  const write = (path: string, text: string) => writeFile(join(documentsFolder, path), text);

  it('follows profiles, decisions and the documents folder: what changed, and what is gone', async () => {
    await mkdir(join(documentsFolder, 'plans'), { recursive: true });
    await write('plans/oven.md', '# The oven\n\nWe bake at dawn.');
    await write('.secret.md', 'hidden');
    await write('picture.png', 'not a text');
    await symlink('/etc/hostname', join(documentsFolder, 'link.md'));
    expect(await run('rag-refresh')).toBe('documents written: 8');
    expect(await run('rag-refresh')).toBe('nothing to do');
    const find = async (query: string) =>
      (await stage.services.knowledge.searchAll({ query, limit: 3 })).results.map(
        ({ source, title }) => `${source} ${title}`,
      );
    expect(await find('bake dawn')).toEqual(['file:plans/oven.md The oven']);
    await write('plans/oven.md', '# The oven\n\nWe bake at noon.');
    expect(await run('rag-refresh')).toBe('documents written: 1');
    await rm(join(documentsFolder, 'plans'), { recursive: true });
    expect(await run('rag-refresh')).toBe('documents removed: 1');
    await write('again.txt', 'Rhododendron');
    await run('rag-refresh');
    await rm(documentsFolder, { recursive: true });
    // A replica without the folder knows nothing of it.
    expect(await run('rag-refresh')).toBe('nothing to do');
    expect(await find('rhododendron')).toEqual(['file:again.txt again.txt']);
  });
});

describe('retention', () => {
  it('removes what is older than each setting says, and nothing younger or still in use', async () => {
    const now = new Date(stage.time.clock.now());
    const days = (count: number) => new Date(now.getTime() - count * dayMs).toISOString();
    const { db } = stage.postgres;
    for (const [index, age] of [400, 100, 20].entries()) {
      const at = days(age);
      const id = `x${index}`;
      await db.execute(sql`insert into events (event_type, payload, created_at) values ('alert_raised', '{}', ${at})`);
      await db.execute(sql`insert into domain_usage values (${at}, 'api.example.com', 'cmo', 1, 0)`);
      await db.execute(sql`insert into agent_history values (${id}, 'cmo', 'note', '', ${at})`);
      await db.execute(sql`insert into agent_loops (id, agent_type, instance_id, wakes, initiative, status, started_at, finished_at)
        values (${id}, 'cmo', 'ins', '[]', false, 'done', ${at}, ${at})`);
      await db.execute(sql`insert into tool_calls values ('ins', ${id}, '{}', false, ${at})`);
      await db.execute(sql`insert into messages (id, to_agent, from_actor, body, priority, data, created_at, wake_at)
        values (${id}, 'cmo', 'system', '', 'low', '{}', ${at}, ${at})`);
      await db.execute(sql`insert into job_runs (id, job_id, status, attempt, queued_at, finished_at)
        values (${`run_0${id}`}, 'gone', 'done', 1, ${at}, ${at})`);
      await db.execute(sql`insert into agent_instances (id, agent_type, spec_hash, token_hash, created_at, ended_at)
        values (${id}, 'cmo', '', ${id}, ${at}, ${index === 1 ? null : at})`);
    }
    await db.execute(sql`update agents set inbox_cursor = (select max(seq) from messages) - 1 where type = 'cmo'`);
    // Nothing of what agents did is removed before it is remembered.
    await run('retention');
    expect(await countOf('agent_history')).toBe(3);
    await run('archive-processor');
    await run('retention');
    expect(await countOf(`events where created_at < '${days(90)}'`)).toBe(0);
    expect(await countOf(`events where created_at = '${days(20)}'`)).toBe(1);
    expect(await countOf('domain_usage')).toBe(1);
    expect(await countOf('agent_history')).toBe(2);
    expect(await countOf('agent_loops')).toBe(2);
    expect(await countOf('tool_calls')).toBe(2);
    expect(await countOf('messages')).toBe(2);
    expect(await countOf('agent_instances')).toBe(2);
    expect(await countOf(`job_runs where job_id = 'gone'`)).toBe(1);
    await set('retention', 'history', 10);
    await set('retention', 'events', 10);
    await set('retention', 'job_runs', 10);
    await run('retention');
    expect(await countOf('agent_history')).toBe(0);
    // The last message was not read yet, and the life without an end goes on.
    expect(await countOf('messages')).toBe(1);
    expect(await countOf('agent_instances')).toBe(1);
    expect(await countOf(`job_runs where job_id = 'gone'`)).toBe(0);
    expect(await countOf(`events where created_at < '${now.toISOString()}'`)).toBe(0);
  });
});

describe('the deadlines', () => {
  it('of decisions are kept by the clock', async () => {
    const proposal = { title: 'Move', description: '', tier: 'minor' as const, onApprove: [] };
    const id = await stage.services.unitOfWork((work) => stage.services.decisions.propose(work, anna, proposal));
    await stage.pass(4 * hourMs - 60_000, 2 * hourMs - 30_000);
    expect((await stage.services.decisions.get(id)).status).toBe('pending');
    await stage.pass(75_000, 75_000);
    expect((await stage.services.decisions.get(id)).status).toBe('approved');
  });
});

describe('an alert about the system', () => {
  it('is raised once, stays while the reading lies between its thresholds, and is cleared once', async () => {
    const alerts = createAlertService({ postgres: stage.postgres, unitOfWork: stage.services.unitOfWork });
    const told: number[] = [];
    for (const value of [0.94, 0.95, 0.92, 0.99, 0.9, 0.89, 0.94])
      told.push(await alerts.judge('h', [{ alert: 'disk', value }]));
    expect(told).toEqual([0, 1, 0, 0, 0, 1, 0]);
    expect(await eventsOf('alert_raised')).toMatchObject([{ payload: { alert: 'disk@h', severity: 'critical' } }]);
    expect(await eventsOf('alert_cleared')).toHaveLength(1);
  });

  it('is raised once by three who measure at the same moment', async () => {
    const judge = () => stage.services.alerts.judge('h', [{ alert: 'pool', value: 2 }]);
    const { outcome, letGo } = await heldAt('alerts', 3, () => Promise.all([judge(), judge(), judge()]));
    await letGo();
    expect((await outcome).reduce((sum, count) => sum + count)).toBe(1);
  });
});

describe('a silent agent', () => {
  it('is looked after by the reconciler', async () => {
    const listener = await stage.postgres.connect();
    try {
      const heard = new Promise<string>((resolve) =>
        listener.on('notification', ({ payload }) => resolve(payload ?? '')),
      );
      await listener.query('listen boardroom_reconcile');
      const at = new Date(stage.time.clock.now() - 31_000).toISOString();
      await stage.postgres.db.execute(sql`insert into agent_instances
        (id, agent_type, spec_hash, token_hash, created_at, connected_at, last_heartbeat_at)
        values ('ins_1', 'coo', '', 't', ${at}, ${at}, ${at})`);
      expect(await run('health-check')).toContain('silent agents looked after: 1');
      expect(await heard).toBe('coo');
    } finally {
      await listener.end();
    }
  });
});
