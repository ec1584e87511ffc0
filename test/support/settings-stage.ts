import { sql } from 'drizzle-orm';
import type { JsonValue } from '../../src/contracts/primitives.ts';
import { insertInstance } from '../../src/orchestrator/agents/store.ts';
import type { Actor } from '../../src/orchestrator/events/work.ts';
import { createChannelService } from '../../src/orchestrator/notifiers/channels.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import { createSealer } from '../../src/orchestrator/platform/sealing.ts';
import type { Services } from '../../src/orchestrator/services.ts';
import { type FakeLlm, startFakeLlm } from './fake-llm.ts';
import { type ModelsStage, openModelsStage } from './models-stage.ts';
import { openSchedulerStage, type SchedulerStage } from './scheduler-stage.ts';

export const anna: Actor = { name: 'operator:anna', agentId: null };
export const lifeOf = (agentType: string) => ({
  actor: { name: agentType, agentId: `agt_${agentType}` },
  instanceId: `ins_${agentType}`,
});

/** A team with its jobs, and a provider of each dialect: where a changed setting can be seen to matter. */
export interface SettingsStage extends Pick<SchedulerStage, 'postgres' | 'time' | 'pass'> {
  readonly services: Services;
  readonly providers: { readonly openai: FakeLlm; readonly anthropic: FakeLlm };
  readonly models: ModelsStage;
  set(category: string, key: string, value: JsonValue): Promise<void>;
  /** A team without a past, whose settings stay; providers that were never asked. */
  renew(): Promise<void>;
  run(jobId: string): Promise<void>;
  count(what: ReturnType<typeof sql>): Promise<number>;
  dispose(): Promise<void>;
}

/** What a team is before anything happens to it. */
const kept = ['agents', 'jobs', 'settings', 'team'];

export async function openSettingsStage(): Promise<SettingsStage> {
  const team = await openSchedulerStage();
  await team.addReplica('one');
  const { postgres, services, time } = team;
  let providers = { openai: await startFakeLlm('openai'), anthropic: await startFakeLlm('anthropic') };
  let models = await openModels();

  async function openModels(): Promise<ModelsStage> {
    const opened = await openModelsStage({
      openai: { baseUrl: providers.openai.url, key: 'sk-openai' },
      anthropic: { baseUrl: providers.anthropic.url, key: 'sk-anthropic' },
    });
    for (const { category, key, value } of await services.settings.stored(postgres.db))
      opened.settings.set(`${category}.${key}`, value);
    return opened;
  }

  async function closeModels(): Promise<void> {
    await models.close();
    await Promise.all([providers.openai.close(), providers.anthropic.close()]);
  }

  async function emptyTables(): Promise<void> {
    const { rows } = await postgres.db.execute<{ name: string }>(
      sql`select tablename as name from pg_tables where schemaname = 'public'`,
    );
    const tables = rows.map(({ name }) => name).filter((name) => !kept.includes(name));
    await postgres.db.execute(sql.raw(`truncate ${tables.join(', ')} cascade`));
  }

  async function populate(): Promise<void> {
    const at = time.clock.now();
    for (const agentType of ['cmo', 'dao'])
      await insertInstance(postgres.db, {
        id: lifeOf(agentType).instanceId,
        agentType,
        specHash: '',
        tokenHash: agentType,
        createdAt: at,
        startedAt: at,
      });
    const sealer = createSealer('of the tests', chance);
    const channels = createChannelService({ postgres, unitOfWork: services.unitOfWork, chance, sealer });
    await channels.add(anna, {
      name: 'on-call',
      target: { kind: 'webhook', url: 'https://hooks.example.com/', secret: 'x'.repeat(32) },
      severities: ['critical', 'high', 'normal'],
      kinds: ['human_requested'],
      enabled: true,
      allowPrivate: false,
      answerLinks: false,
    });
  }

  return {
    postgres,
    time,
    services,
    pass: team.pass,
    get providers() {
      return providers;
    },
    get models() {
      return models;
    },
    set: async (category, key, value) =>
      void (await services.unitOfWork((work) => services.settings.change(work, anna, { category, key, value }))),
    async renew() {
      await emptyTables();
      await populate();
      await closeModels();
      providers = { openai: await startFakeLlm('openai'), anthropic: await startFakeLlm('anthropic') };
      models = await openModels();
    },
    async run(jobId) {
      await services.jobs.request(anna, jobId);
      await team.tick();
    },
    async count(what) {
      const { rows } = await postgres.db.execute<{ count: string }>(sql`select count(*) from ${what}`);
      return Number(rows[0]?.count);
    },
    async dispose() {
      await closeModels();
      await team.dispose();
    },
  };
}
