import { z } from 'zod';
import { seatSchema } from './agent.ts';
import { budgetsSchema } from './budget.ts';
import { tierSchema } from './policy.ts';
import { agentTypeSchema } from './primitives.ts';
import { secretNameSchema, secretsSchema } from './secret.ts';
import { toolNameSchema } from './tools.ts';

/** As Docker writes it: `[host[:port]/]path[:tag][@digest]`. */
const imageSchema = z
  .string()
  .max(255)
  .regex(
    /^([a-z0-9][a-z0-9.-]*(:\d+)?\/)?[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/,
    'must be an image such as node:24-bookworm-slim',
  );

/** The front matter of `profiles/<type>.md`; the Markdown below it is the system prompt. */
export const profileHeadSchema = z.strictObject({
  version: z.number().int().min(1),
  name: z.string().min(1).max(80),
  /** Seconds between scheduled loops. */
  loopInterval: z.number().int().min(1).max(2_592_000),
  /** Seconds one loop may take before it counts as a hang. */
  turnTimeout: z.number().int().min(5).max(86_400).default(600),
  /** Seconds between loops the agent runs of its own accord, with nothing new to read; unset: never. */
  initiativeInterval: z.number().int().min(60).max(2_592_000).optional(),
  /** Runs for each wake in the built-in agent's place: program and arguments, without a shell. */
  command: z
    .array(
      z
        .string()
        .min(1)
        .max(4_096)
        .regex(/^[^\0]*$/, 'must not contain NUL'),
    )
    .min(1)
    .max(100)
    .optional(),
  /** Seconds the command may run; unset: as long as the turn. */
  commandTimeout: z.number().int().min(1).max(86_400).optional(),
  /** The container image in the place of ours, which is then run in it. */
  image: imageSchema.optional(),
  /** Words of its trade: a task that nobody is there for is suggested to the role whose words it names. */
  keywords: z
    .array(z.string().regex(/^[\p{L}\p{N}]{2,40}$/u, 'must be one word'))
    .max(100)
    .default([]),
  seat: seatSchema.default('staff'),
  permissions: z.strictObject({
    tools: z.array(toolNameSchema).min(1),
    /** The tiers it may propose; policy can still raise the tier. */
    propose: z.array(tierSchema).default([]),
    /** Whom it may give tasks to: roles, or everyone. */
    assign: z.union([z.literal('everyone'), z.array(agentTypeSchema)]).default([]),
  }),
  /** What it may spend on thinking; the operator's setting `budgets.<type>` takes its place. */
  budgets: budgetsSchema.default({}),
  /** What it may use of the operator's secrets, by name. */
  secrets: secretsSchema.default([]),
  resources: z
    .strictObject({
      /** MiB; the JavaScript heap gets half of it. */
      memory: z.number().int().min(64).max(65_536).default(256),
      cpus: z.number().min(0.05).max(64).default(0.5),
      /** Processes and threads in the container. */
      pids: z.number().int().min(16).max(4_096).default(128),
    })
    .default({ memory: 256, cpus: 0.5, pids: 128 }),
});
export type ProfileHead = z.output<typeof profileHeadSchema>;
export type Permissions = ProfileHead['permissions'];

/** The operator's setting `permissions.<type>`: less than the profile grants; what is left out stays as it is. */
export const narrowingSchema = z.strictObject({
  tools: z.array(toolNameSchema).max(100).optional(),
  propose: z.array(tierSchema).max(10).optional(),
  assign: z.union([z.literal('everyone'), z.array(agentTypeSchema).max(100)]).optional(),
  budgets: budgetsSchema.optional(),
});
export type Narrowing = z.output<typeof narrowingSchema>;

export const profileTextMax = 100_000;

/** A profile as readers see it: of secrets the names alone. */
export const profileSchema = z.object({
  type: agentTypeSchema,
  head: profileHeadSchema.omit({ secrets: true }).extend({ secrets: z.array(secretNameSchema) }),
  /** The system prompt, in Markdown; at most its first so many characters. */
  text: z.string().max(profileTextMax),
  isWhole: z.boolean(),
});
