import { z } from 'zod';
import { actorSchema, idOf, timestamp } from './primitives.ts';

/** What waits for a human: a decision, a failed agent, an agent that runs in circles, an agent that asks, a budget that is spent. */
export const escalationKindSchema = z.enum([
  'decision',
  'agent_failed',
  'agent_stuck',
  'human_requested',
  'budget_exhausted',
]);
export type EscalationKind = z.infer<typeof escalationKindSchema>;

export const escalationPrioritySchema = z.enum(['critical', 'high', 'normal']);
export type EscalationPriority = z.infer<typeof escalationPrioritySchema>;

export const escalationSchema = z.object({
  id: idOf('esc'),
  kind: escalationKindSchema,
  /** What it is about: a decision's id, an agent's type or a budget's name. */
  subject: z.string(),
  title: z.string(),
  reason: z.string(),
  priority: escalationPrioritySchema,
  status: z.enum(['open', 'resolved']),
  createdAt: timestamp,
  resolvedAt: timestamp.nullable(),
  resolvedBy: actorSchema.nullable(),
  resolution: z.string().nullable(),
});
export type Escalation = z.infer<typeof escalationSchema>;
