import { z } from 'zod';
import { wakeSchema } from './gateway.ts';
import { actorSchema, agentTypeSchema, idOf, timestamp } from './primitives.ts';

/** What the reconciler last concluded about an agent. */
export const agentStatusSchema = z.enum([
  'stopped',
  'starting',
  'running',
  'unresponsive',
  'stopping',
  'backing_off',
  'failed',
]);
export type AgentStatus = z.infer<typeof agentStatusSchema>;

/** What the runtime shows; `unknown` while the runtime cannot be asked. */
export const containerStatusSchema = z.enum(['absent', 'created', 'running', 'paused', 'exited', 'unknown']);
export type ContainerStatus = z.infer<typeof containerStatusSchema>;

/** `board` votes, `c-level` is asked for statements, `staff` works. */
export const seatSchema = z.enum(['board', 'c-level', 'staff']);

export const agentSummarySchema = z.object({
  id: idOf('agt'),
  type: agentTypeSchema,
  name: z.string(),
  status: agentStatusSchema,
  /** Seconds between scheduled loops. */
  loopInterval: z.number().int(),
  lastHeartbeat: timestamp.nullable(),
  containerStatus: containerStatusSchema,
  /** True while the runtime does not answer and the container status is the last known one. */
  stale: z.boolean(),
  seat: seatSchema,
  currentFocus: z.string().nullable(),
  desired: z.enum(['running', 'stopped']),
  /** Who pulled the kill switch; null while nobody has. What is wanted stays, and holds again when it is let go. */
  pausedBy: actorSchema.nullable(),
  /** Why the agent is in this status, in words. */
  because: z.string(),
  /** When the reconciler will try again, if it waits. */
  nextAttemptAt: timestamp.nullable(),
  connected: z.boolean(),
  currentLoop: z.object({ id: idOf('lop'), startedAt: timestamp, reasons: z.array(z.string()) }).nullable(),
  loopCount: z.number().int(),
  lastLoopAt: timestamp.nullable(),
});

export const agentExitSchema = z.object({
  instanceId: idOf('ins'),
  at: timestamp,
  code: z.number().int().nullable(),
  signal: z.string().nullable(),
  oomKilled: z.boolean(),
  ranForMs: z.number().int(),
  /** True when we asked for the end: such an exit never counts as a failure. */
  requested: z.boolean(),
  reason: z.string(),
});

/** How the supervisor judges the agent's failures; of one that runs, what would come if it ended now. */
export const restartPlanSchema = z.object({
  /** Ends nobody asked for that still count. */
  failures: z.number().int(),
  /** With so many within the window it is given up. */
  failuresMax: z.number().int(),
  windowSeconds: z.number(),
  /** A life this long makes up for the failures before it. */
  healthyAfterSeconds: z.number(),
  /** Of the restart that waits, or would come; null: it is given up, or would be. */
  next: z.object({ attempt: z.number().int(), attemptsMax: z.number().int(), delayMs: z.number().int() }).nullable(),
});

export type RestartPlan = z.infer<typeof restartPlanSchema>;

export const agentDetailSchema = agentSummarySchema.extend({
  profilePath: z.string(),
  containerId: z.string().nullable(),
  recentExits: z.array(agentExitSchema),
  restartPlan: restartPlanSchema,
});

export const historyEntrySchema = z.object({
  id: idOf('hst'),
  /** The loop in which it was done; null: outside of any. */
  loopId: idOf('lop').nullable(),
  actionType: z.string(),
  summary: z.string(),
  createdAt: timestamp,
});

/** One unit of an agent's work, with the tools it called. */
export const agentLoopSchema = z.object({
  id: idOf('lop'),
  status: z.enum(['running', 'done', 'idle', 'failed', 'interrupted']),
  startedAt: timestamp,
  finishedAt: timestamp.nullable(),
  /** What the agent says came of it, or why it was cut off. */
  summary: z.string().nullable(),
  /** Why it was woken, and for what. */
  wakes: z.array(wakeSchema),
  /** Of its own accord, with nothing new to read. */
  initiative: z.boolean(),
  /** The first of its calls, in their order; `actionType` is the tool, `refused` or `violation`. */
  calls: z.array(historyEntrySchema),
  /** Of all its calls. */
  callCount: z.number().int(),
});
