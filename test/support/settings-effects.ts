import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import type { EscalationPriority } from '../../src/contracts/escalation.ts';
import { type FocusName, focusNames } from '../../src/contracts/focus.ts';
import { defaultDecisionPolicy } from '../../src/contracts/policy.ts';
import { type JsonValue, jsonValue } from '../../src/contracts/primitives.ts';
import type { SettingName } from '../../src/contracts/settings.ts';
import type { Priority } from '../../src/contracts/task.ts';
import { loadLibrary } from '../../src/orchestrator/benchmark/library.ts';
import { createBenchmarkService } from '../../src/orchestrator/benchmark/service.ts';
import { system } from '../../src/orchestrator/events/work.ts';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import { openMeaning } from './meaning.ts';
import { familyEffects } from './settings-effects-families.ts';
import { modelEffects } from './settings-effects-models.ts';
import { anna, lifeOf, type SettingsStage } from './settings-stage.ts';

/** What a setting changes: the value given to it, and what can be seen at its default and then. */
export interface Effect {
  readonly value: JsonValue;
  readonly shows: readonly [atDefault: unknown, changed: unknown];
  readonly look: (stage: SettingsStage) => Promise<unknown>;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const give = ({ services }: SettingsStage, priority: Priority = 'normal') =>
  services.tasks.createAs(anna, { title: 'Print it', description: '', assignTo: 'cmo', priority });

const delay = (priority: Priority, ms: number): Effect => ({
  value: 1_234,
  shows: [ms, 1_234],
  async look(stage) {
    const { wakeAt, createdAt } = await give(stage, priority);
    return Date.parse(wakeAt) - Date.parse(createdAt);
  },
});

const propose = ({ services }: SettingsStage) =>
  services.unitOfWork((work) =>
    services.decisions.propose(work, anna, { title: 'Move', description: '', tier: 'major', onApprove: [] }),
  );

async function split(stage: SettingsStage): Promise<string> {
  const decisionId = await propose(stage);
  for (const [voterType, vote] of [
    ['ceo', 'approve'],
    ['dao', 'veto'],
  ] as const)
    await stage.services.decisions.voteOnBehalf(anna, { decisionId, voterType, vote, reason: '' });
  return decisionId;
}

async function wakesOf({ services }: SettingsStage, agentType: string) {
  const { instanceId } = lifeOf(agentType);
  return (await services.loops.beginDue(new Map([[agentType, instanceId]]))).get(agentType);
}

/** More than one minute passes, and less than any default. */
const reminder = (priority: EscalationPriority): Effect => ({
  value: 60,
  shows: [0, 1],
  async look(stage) {
    const { unitOfWork, escalations } = stage.services;
    const one = { kind: 'human_requested', subject: 'cmo', title: 'May I?', reason: '', priority } as const;
    const id = await unitOfWork((work) => escalations.open(work, system, one));
    await stage.pass(90_000, 90_000);
    return stage.count(sql`notifications where subject->>'id' = ${id} and cause like '%/reminder/%'`);
  },
});

/** So many violations, so far apart. */
const violate = async (stage: SettingsStage, { count, apartMs }: { count: number; apartMs: number }) => {
  const { unitOfWork, violations } = stage.services;
  for (let time = 0; time < count; time += 1) {
    await unitOfWork((work) => violations.note(work, 'cmo', 'tried it'));
    await stage.time.advance(apartMs);
  }
  return stage.count(sql`events where event_type = 'alert_raised'`);
};

const focus = (name: FocusName): Effect => ({
  value: 5,
  shows: [50, 5],
  async look(stage) {
    await stage.time.advance(3 * hourMs);
    return (await wakesOf(stage, 'cmo'))?.focus[name];
  },
});

/** What is twenty days old, for ten days kept, is gone. */
const retention = (insert: (at: string) => ReturnType<typeof sql>, rows: ReturnType<typeof sql>): Effect => ({
  value: 10,
  shows: [1, 0],
  async look(stage) {
    await stage.postgres.db.execute(insert(new Date(stage.time.clock.now() - 20 * dayMs).toISOString()));
    // What agents did is remembered before it is forgotten.
    await stage.run('archive-processor');
    await stage.run('retention');
    return stage.count(rows);
  },
});

const { tiers } = defaultDecisionPolicy;

/** What this stage cannot show, with the file that does: it needs a Postgres with pgvector. */
export const seenElsewhere = {
  'knowledge.embedding_query_prefix': 'knowledge-meaning',
  'knowledge.embedding_document_prefix': 'knowledge-meaning',
  'knowledge.similarity_min': 'knowledge-meaning',
} as const satisfies Partial<Record<SettingName, string>>;
type SeenHere = Exclude<SettingName, keyof typeof seenElsewhere>;

/** A row for every other registered setting; a test holds the two together. */
export const settingEffects: Readonly<Record<SeenHere, Effect>> & Readonly<Record<string, Effect>> = {
  'knowledge.embedding_model': {
    value: 'openai/text-embedding-3-small',
    shows: [undefined, expect.stringMatching(/openai is not set up|no pgvector/)],
    async look({ services, postgres, time }) {
      const meaning = await openMeaning({ services, postgres, clock: time.clock });
      const { because } = await meaning.refresh(new AbortController().signal);
      await meaning.close();
      return because;
    },
  },
  'queue.delay_critical': delay('critical', 0),
  'queue.delay_urgent': delay('urgent', 5_000),
  'queue.delay_high': delay('high', 30_000),
  'queue.delay_normal': delay('normal', 120_000),
  'queue.delay_low': delay('low', 300_000),
  'queue.delay_operational': delay('operational', 600_000),
  'decisions.policy': {
    value: jsonValue.parse({ ...defaultDecisionPolicy, tiers: { ...tiers, major: { ...tiers.major, deadline: 60 } } }),
    shows: [24 * hourMs, 60_000],
    async look(stage) {
      const { deadline, createdAt } = await stage.services.decisions.get(await propose(stage));
      return Date.parse(deadline ?? '') - Date.parse(createdAt);
    },
  },
  'decisions.max_rounds': {
    value: 1,
    shows: ['pending', 'escalated'],
    look: async (stage) => (await stage.services.decisions.get(await split(stage))).status,
  },
  'decisions.statement_window': {
    value: 0,
    shows: [false, true],
    async look(stage) {
      const id = await split(stage);
      const { wakes = [] } = (await wakesOf(stage, 'dao')) ?? {};
      return wakes.some(({ reason, subjects }) => reason === 'decision' && subjects.includes(id));
    },
  },
  'tasks.max_concurrent_per_agent': {
    value: 1,
    shows: [2, 1],
    async look(stage) {
      const { tasks, unitOfWork } = stage.services;
      const ids = [await give(stage), await give(stage), await give(stage)].map(({ id }) => id);
      const claims = ids.map((id) => unitOfWork((work) => tasks.claim(work, lifeOf('cmo'), id)));
      return (await Promise.allSettled(claims)).filter(({ status }) => status === 'fulfilled').length;
    },
  },
  ...modelEffects,
  'escalation.timeout_critical': reminder('critical'),
  'escalation.timeout_high': reminder('high'),
  'escalation.timeout_normal': reminder('normal'),
  'permissions.alert_after': {
    value: 3,
    shows: [0, 1],
    look: (stage) => violate(stage, { count: 3, apartMs: 1_000 }),
  },
  'permissions.alert_window': {
    value: 3_600,
    shows: [0, 1],
    look: (stage) => violate(stage, { count: 5, apartMs: 200_000 }),
  },
  ...(Object.fromEntries(focusNames.map((name) => [`focus.${name}`, focus(name)])) as Record<
    `focus.${FocusName}`,
    Effect
  >),
  'memory.notes_per_agent': {
    value: 2,
    shows: [3, 2],
    async look(stage) {
      const { memory, unitOfWork } = stage.services;
      const keep = (key: string) => unitOfWork((work) => memory.remember(work, { agentType: 'cmo', key, note: 'x' }));
      return (await Promise.allSettled(['a', 'b', 'c'].map(keep))).filter(({ status }) => status === 'fulfilled')
        .length;
    },
  },
  'archive.after': {
    value: 1,
    shows: [1, 0],
    async look(stage) {
      const { id } = await give(stage);
      await stage.services.tasks.cancel(anna, id, 'not any more');
      await stage.pass(2 * dayMs, 2 * dayMs);
      return stage.count(sql`tasks`);
    },
  },
  'retention.events': retention(
    (at) => sql`insert into events (event_type, payload, created_at) values ('alert_cleared', '{}', ${at})`,
    sql`events where event_type = 'alert_cleared'`,
  ),
  'retention.history': retention(
    (at) => sql`insert into agent_history values ('hst_1', 'cmo', 'note', '', ${at})`,
    sql`agent_history where id = 'hst_1'`,
  ),
  'benchmark.judge_model': {
    value: 'openai/gpt-5',
    shows: [null, 'openai/gpt-5'],
    async look({ services, postgres }) {
      const library = await loadLibrary('benchmarks');
      const onBegun = () => undefined;
      const benchmarks = createBenchmarkService({ ...services, postgres, chance, library, onBegun });
      const { runId } = await benchmarks.begin(anna, { models: ['openai/gpt-5'], tasks: ['text-generation'] });
      return (await benchmarks.show(runId)).judge;
    },
  },
  'retention.benchmarks': retention(
    (at) => sql`insert into benchmark_runs (id, status, models, tasks, created_by, created_at, finished_at)
      values ('bmr_1', 'finished', '[]', '[]', 'system', ${at}, ${at})`,
    sql`benchmark_runs`,
  ),
  'retention.job_runs': retention(
    (at) =>
      sql`insert into job_runs (id, job_id, status, attempt, queued_at, finished_at) values ('run_1', 'gone', 'done', 1, ${at}, ${at})`,
    sql`job_runs where job_id = 'gone'`,
  ),
  'retention.model_calls': retention(
    (at) => sql`insert into model_calls
      (id, agent_type, instance_id, provider, model, status, cost_micro_usd, attempts, created_at)
      values ('mcl_1', 'cmo', 'ins_cmo', 'openai', 'gpt-5', 'ok', 0, 1, ${at})`,
    sql`model_calls`,
  ),
  ...familyEffects,
};
