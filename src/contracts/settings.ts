import { z } from 'zod';
import { budgetsSchema } from './budget.ts';
import type { EscalationPriority } from './escalation.ts';
import { type FocusName, focusNames, focusSchema } from './focus.ts';
import {
  defaultModelRoutes,
  embeddingModelSchema,
  modelNameSchema,
  modelPriceSchema,
  modelRoutesSchema,
  pricesDate,
  routingStrategySchema,
} from './model.ts';
import { decisionPolicySchema, defaultDecisionPolicy } from './policy.ts';
import { agentTypeSchema, jsonValue } from './primitives.ts';
import { narrowingSchema } from './profile.ts';
import { secretNameSchema, secretValueSchema } from './secret.ts';
import type { SettingUnit } from './setting-entry.ts';

/** One registered setting: its check, default, unit and meaning. */
export interface SettingRow<S extends z.ZodType = z.ZodType> {
  readonly schema: S;
  readonly default: z.output<S>;
  readonly unit?: SettingUnit;
  readonly description: string;
}

/** Spaces count: `query: ` ends with one. */
const prefixSchema = z.string().max(200);

const row = <S extends z.ZodType>(setting: SettingRow<S>) => setting;

const delay = (priority: string, ms: number) =>
  row({
    schema: z.number().int().min(0).max(86_400_000),
    default: ms,
    unit: 'ms',
    description: `How long a new task of priority ${priority} waits before it wakes its assignee`,
  });

const retention = (days: number, description: string) =>
  row({ schema: z.number().int().min(1).max(3_650), default: days, unit: 'days', description });

const focusRows = Object.fromEntries(
  focusNames.map((name) => {
    const schema = focusSchema.shape[name];
    return [`focus.${name}`, row({ schema, default: 50, description: schema.description ?? '' })];
  }),
) as Record<`focus.${FocusName}`, SettingRow<z.ZodNumber>>; // Object.fromEntries forgets the names
const reminder = (priority: EscalationPriority, seconds: number) =>
  row({
    schema: z.number().int().min(60).max(2_592_000),
    default: seconds,
    unit: 's',
    description: `How long an escalation of priority ${priority} waits before its channels are reminded, each time anew`,
  });

/** The typed registry: `<category>.<key>`. Families of settings, such as one for each role, are beneath it. */
export const settingsRegistry = {
  'queue.delay_critical': delay('critical', 0),
  'queue.delay_urgent': delay('urgent', 5_000),
  'queue.delay_high': delay('high', 30_000),
  'queue.delay_normal': delay('normal', 120_000),
  'queue.delay_low': delay('low', 300_000),
  'queue.delay_operational': delay('operational', 600_000),
  'decisions.policy': row({
    schema: decisionPolicySchema,
    default: defaultDecisionPolicy,
    description: 'The tier table: who votes, when a decision is approved, its deadline and what happens then',
  }),
  'decisions.max_rounds': row({
    schema: z.number().int().min(1).max(10),
    default: 3,
    description: 'Rounds of voting without agreement before a human decides',
  }),
  'decisions.statement_window': row({
    schema: z.number().int().min(0).max(86_400),
    default: 120,
    unit: 's',
    description: 'How long a new round waits for the statements of the C-level before it asks the voters again',
  }),
  'tasks.max_concurrent_per_agent': row({
    schema: z.number().int().min(1).max(100),
    default: 2,
    description: 'Tasks one agent may have in progress at once',
  }),
  'llm.routing_strategy': row({
    schema: routingStrategySchema,
    default: 'claude-only',
    description: 'How a call that leaves the model to us finds one',
  }),
  'llm.routes': row({
    schema: modelRoutesSchema,
    default: defaultModelRoutes,
    description: 'Role, task type or model name → models in order; "default" for the rest',
  }),
  'llm.default_model': row({
    schema: modelNameSchema.nullable(),
    default: null,
    description: 'Goes before the default route; null: the first of the route whose provider is set up',
  }),
  'llm.enable_fallback': row({
    schema: z.boolean(),
    default: false,
    description: 'Ask the next model of the route when one gives no answer',
  }),
  'llm.prices': row({
    schema: z.record(modelNameSchema, modelPriceSchema),
    default: {},
    description: `USD for a million tokens, by model; goes before the built-in table of ${pricesDate}`,
  }),
  'llm.record_prompts': row({
    schema: z.boolean(),
    default: false,
    description: 'Keep the prompts with the records of calls',
  }),
  'llm.provider_tools': row({
    schema: z.boolean(),
    default: false,
    description:
      'Let calls use what runs at a provider (search, code, remote servers, addresses it fetches), past the whitelist',
  }),
  'llm.share_identical': row({
    schema: z.boolean(),
    default: false,
    description: 'Let identical requests at the same time share an answer where it is deterministic (temperature 0)',
  }),
  'knowledge.embedding_model': row({
    schema: embeddingModelSchema,
    default: '',
    description:
      'Finds documents by meaning too: the model, such as openai/text-embedding-3-small, that makes vectors of them; empty: by their words alone',
  }),
  'knowledge.embedding_query_prefix': row({
    schema: prefixSchema,
    default: '',
    description: 'Stands before each question for models that want it, such as "query: " or "search_query: "',
  }),
  'knowledge.embedding_document_prefix': row({
    schema: prefixSchema,
    default: '',
    description:
      'Stands before each text of a document, such as "passage: " or "search_document: "; another one embeds all documents anew',
  }),
  'knowledge.similarity_min': row({
    schema: z.number().min(0).max(1),
    default: 0.25,
    description:
      'Cosine similarity from which on a document is found by meaning; what is usual differs from model to model',
  }),
  'escalation.timeout_critical': reminder('critical', 14_400),
  'escalation.timeout_high': reminder('high', 43_200),
  'escalation.timeout_normal': reminder('normal', 86_400),
  'permissions.alert_after': row({
    schema: z.number().int().min(1).max(10_000),
    default: 5,
    description: 'So many violations of one agent within the window raise an alert',
  }),
  'permissions.alert_window': row({
    schema: z.number().int().min(1).max(86_400),
    default: 600,
    unit: 's',
    description: 'The window for violations; one alert for each agent and window',
  }),
  ...focusRows,
  'memory.notes_per_agent': row({
    schema: z.number().int().min(1).max(10_000),
    default: 200,
    description: 'How many notes an agent may keep; one more is refused until it merges or forgets some',
  }),
  'benchmark.judge_model': row({
    schema: modelNameSchema.nullable(),
    default: null,
    description: 'Judges the texts of a benchmark; null: texts are not scored',
  }),
  'archive.after': row({
    schema: z.number().int().min(1).max(3_650),
    default: 30,
    unit: 'days',
    description: 'How long finished tasks and decisions that are over stay in the lists before they are archived',
  }),
  'retention.events': retention(90, 'How long events are kept'),
  'retention.history': retention(
    365,
    'How long the history of agents is kept: actions, loops, lives, messages that were read',
  ),
  'retention.benchmarks': retention(365, 'How long benchmarks that are over are kept, and count on the leaderboard'),
  'retention.job_runs': retention(30, 'How long the runs of scheduled jobs are kept'),
  'retention.model_calls': retention(90, 'How long the records of model calls are kept'),
} as const satisfies Record<string, SettingRow>;

export type SettingName = keyof typeof settingsRegistry;
export type SettingValue<N extends SettingName> = z.output<(typeof settingsRegistry)[N]['schema']>;

/** Settings by name that nobody can list beforehand: which keys there can be, their check, and what they are for. */
export interface SettingFamily {
  readonly key: z.ZodType<string>;
  readonly schema: z.ZodType;
  readonly unit?: SettingUnit;
  readonly description: string;
}

const loopIntervalPrefix = 'loop_interval_';
export const loopIntervalKey = (agentType: string) => `${loopIntervalPrefix}${agentType}`;
const namesARole = (key: string) =>
  key.startsWith(loopIntervalPrefix) && agentTypeSchema.safeParse(key.slice(loopIntervalPrefix.length)).success;

/** The families, by category. */
export const settingFamilies = {
  /** `agents.loop_interval_<type>`. */
  agents: {
    key: z.string().refine(namesARole),
    schema: z.number().int().min(1).max(2_592_000),
    unit: 's',
    description: 'Seconds between scheduled loops, in place of the profile’s',
  },
  /** `budgets.team` and `budgets.<type>`: takes the place of the profile's `budgets`; `{}` lifts every limit. */
  budgets: {
    key: z.literal('team').or(agentTypeSchema),
    schema: budgetsSchema,
    description: 'What may be spent on thinking, by day and by month',
  },
  /** `permissions.<type>`. */
  permissions: {
    key: agentTypeSchema,
    schema: narrowingSchema,
    description: 'What the operator takes away from the permissions of the profile',
  },
  /** `secrets.<name>`: what profiles list under `secrets`. Sealed at rest, shown to nobody; null takes it away. */
  secrets: {
    key: secretNameSchema,
    schema: secretValueSchema.nullable(),
    description: 'Lent to the roles whose profiles name it; goes before the environment',
  },
  /** `custom.<key>`: what operators keep here for programs of their own. */
  custom: {
    key: z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/),
    schema: jsonValue.refine((value) => value !== null, 'must not be null'),
    description: '',
  },
} as const satisfies Record<string, SettingFamily>;
