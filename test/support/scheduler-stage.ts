import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import type { JsonValue } from '../../src/contracts/primitives.ts';
import { loadProfiles } from '../../src/orchestrator/agents/profiles.ts';
import { createBenchmarkService } from '../../src/orchestrator/benchmark/service.ts';
import type { Actor } from '../../src/orchestrator/events/work.ts';
import { systemJobs } from '../../src/orchestrator/jobs/definitions.ts';
import type { JobDefinition } from '../../src/orchestrator/jobs/runs.ts';
import { createChannelService } from '../../src/orchestrator/notifiers/channels.ts';
import { createNotificationService } from '../../src/orchestrator/notifiers/service.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import { createPostgres, type Postgres } from '../../src/orchestrator/platform/postgres.ts';
import { createSealer } from '../../src/orchestrator/platform/sealing.ts';
import { createSessionLocks } from '../../src/orchestrator/platform/session-locks.ts';
import { createScheduler, type Scheduler } from '../../src/orchestrator/scheduler.ts';
import type { Services } from '../../src/orchestrator/services.ts';
import { createDatabase, testLimits } from './database.ts';
import { eventually } from './eventually.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';
import { openMeaning } from './meaning.ts';
import { servicesOn } from './team-services.ts';

/** One of several orchestrators on one database, as far as the scheduler goes. */
export interface SchedulingReplica {
  readonly name: string;
  readonly services: Services;
  readonly scheduler: Scheduler;
  /** Its connections break, and it never ticks again: what kill -9 looks like from the database. */
  kill(): Promise<void>;
}

export interface SchedulerStage {
  readonly postgres: Postgres;
  readonly time: FakeClock;
  readonly services: Services;
  /** In place of the system's jobs when given; `name` is that of the replica that asks. */
  addReplica(name: string, definitions?: (name: string) => readonly JobDefinition[]): Promise<SchedulingReplica>;
  /** Every replica that lives looks; resolves when nothing is due, asked for or at work. */
  tick(): Promise<void>;
  /** So much time passes, looked at every `stepMs`. */
  pass(ms: number, stepMs: number): Promise<void>;
  dispose(): Promise<void>;
}

/** Rows are made, as everywhere; in these tests nobody sends them. */
function notificationsOf({ unitOfWork, settings, escalations }: Services, postgres: Postgres) {
  const channels = createChannelService({ postgres, unitOfWork, chance, sealer: createSealer('of the tests', chance) });
  const sending = { onMade: () => undefined, deliver: async () => undefined, claimMs: 1_000 };
  return createNotificationService({ postgres, unitOfWork, settings, escalations, channels, chance, ...sending });
}

export async function openSchedulerStage(options: { documentsFolder?: string } = {}): Promise<SchedulerStage> {
  const database = await createDatabase();
  const { postgres } = database;
  const time = fakeClock(Date.UTC(2030, 0, 1));
  const profiles = await loadProfiles('profiles', () => undefined);
  const serve = (on: Postgres) => servicesOn({ postgres: on, profiles, clock: time.clock });
  const services = serve(postgres);
  await services.agents.register(() => true);
  const living = new Map<string, { tick: () => void; close: () => Promise<void> }>();

  async function isQuiet(): Promise<true | undefined> {
    const now = new Date(time.clock.now()).toISOString();
    const { rows } = await postgres.db.execute(sql`
      select from jobs where (enabled and next_at <= ${now}) or run_id is not null
      union all select from job_runs where status in ('queued', 'running')`);
    return rows.length === 0 || undefined;
  }

  async function tick(): Promise<void> {
    for (const { tick } of living.values()) tick();
    await eventually(isQuiet, { what: 'the end of all that was due' });
  }

  return {
    postgres,
    time,
    services,
    tick,
    async addReplica(name, definitions) {
      const own = createPostgres(database.url, testLimits, () => undefined);
      const replicaServices = serve(own);
      const known =
        definitions?.(name) ??
        systemJobs({
          services: replicaServices,
          notifications: notificationsOf(replicaServices, own),
          benchmarks: createBenchmarkService({
            ...replicaServices,
            postgres: own,
            chance,
            library: new Map(),
            onBegun: () => undefined,
          }),
          meaning: await openMeaning({ services: replicaServices, postgres: own, clock: time.clock }),
          postgres: own,
          clock: time.clock,
          sweepMs: 15_000,
          silenceMsMax: 30_000,
          host: 'host',
          readings: async () => [],
          profiles,
          documentsFolder: options.documentsFolder ?? '/nowhere',
        });
      const connections: Awaited<ReturnType<Postgres['connect']>>[] = [];
      const scheduler = createScheduler({
        runs: replicaServices.jobRuns,
        definitions: known,
        locks: createSessionLocks({
          namespace: 1,
          async connect(timeoutMs) {
            const client = await own.connect(timeoutMs);
            connections.push(client);
            return client;
          },
          onError: () => undefined,
        }),
        metronome: (tick) => {
          living.set(name, { tick, close: () => scheduler.stop().then(() => own.close()) });
          return () => void living.delete(name);
        },
        replica: name,
        onError: () => undefined,
      });
      scheduler.start();
      await eventually(async () => {
        const ids = new Set((await services.jobs.list()).jobs.map(({ id }) => id));
        return known.every(({ id }) => ids.has(id)) || undefined;
      });
      return {
        name,
        services: replicaServices,
        scheduler,
        async kill() {
          living.delete(name);
          own.cutOff();
          for (const client of connections) client.connection.stream.destroy();
          void own.close();
        },
      };
    },
    async pass(ms, stepMs) {
      for (let passed = 0; passed < ms; passed += stepMs) {
        await time.advance(stepMs);
        await tick();
      }
    },
    async dispose() {
      for (const { close } of [...living.values()]) await close();
      await database.drop();
    },
  };
}

export const anna: Actor = { name: 'operator:anna', agentId: null };

/** What tests of the system's jobs do over and over, on whichever stage is up. */
export const actsOn = (stage: () => SchedulerStage) => ({
  /** The summary of a run that was asked for now. */
  async run(jobId: string): Promise<string | null> {
    const { jobs } = stage().services;
    const { id } = await jobs.request(anna, jobId);
    await stage().tick();
    const { runs } = await jobs.runs(jobId, { limit: 10 });
    const asked = runs.find((one) => one.id === id);
    expect(asked?.status).toBe('done');
    return asked?.summary ?? null;
  },
  give: (title: string, parts: { assignTo?: string; dueAt?: string; description?: string } = {}) =>
    stage().services.tasks.createAs(anna, { title, description: '', assignTo: 'cmo', priority: 'low', ...parts }),
  eventsOf: async (type: string) =>
    (await stage().services.events.list({ limit: 200 })).filter(({ eventType }) => eventType === type),
  async countOf(table: string): Promise<number> {
    const { rows } = await stage().postgres.db.execute<{ count: string }>(sql.raw(`select count(*) from ${table}`));
    return Number(rows[0]?.count);
  },
  set: (category: string, key: string, value: JsonValue) =>
    stage().services.unitOfWork((work) => stage().services.settings.change(work, anna, { category, key, value })),
});
