import { z } from 'zod';
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

export const agentDetailSchema = agentSummarySchema.extend({
  profilePath: z.string(),
  loopCount: z.number().int(),
  lastLoopAt: timestamp.nullable(),
  containerId: z.string().nullable(),
  recentExits: z.array(agentExitSchema),
});

export const historyEntrySchema = z.object({
  id: idOf('hst'),
  actionType: z.string(),
  summary: z.string(),
  createdAt: timestamp,
});
