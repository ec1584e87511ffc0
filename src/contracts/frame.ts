import { z } from 'zod';
import { agentStatusSchema } from './agent.ts';
import { voteSchema } from './decision.ts';
import { eventSchema, eventTypeSchema } from './event.ts';
import { agentTypeSchema, idOf, seqSchema, timestamp } from './primitives.ts';

/** One call of a tool by an agent, as the dashboard shows it live. */
export const toolCallSchema = z.object({
  tool: z.string(),
  summary: z.string(),
  outcome: z.enum(['ok', 'refused', 'failed']),
});
export type ToolCall = z.infer<typeof toolCallSchema>;

const frame = <T extends string, P extends z.ZodType>(type: T, payload: P) =>
  z.object({ type: z.literal(type), payload, seq: seqSchema.optional(), at: timestamp });

/** What the dashboard's socket sends. `seq` is there on all that can be replayed with `since`. */
export const frameSchema = z.discriminatedUnion('type', [
  frame('hello', z.object({ seq: seqSchema, replica: z.string() })),
  frame('event', eventSchema),
  frame('agent_status', z.object({ agentType: agentTypeSchema, status: agentStatusSchema, because: z.string() })),
  frame(
    'decision_vote',
    z.object({
      decisionId: idOf('dec'),
      vote: voteSchema,
      voterType: agentTypeSchema,
      reason: z.string(),
      round: z.number(),
    }),
  ),
  frame(
    'worker_log',
    z.object({
      agentId: idOf('agt'),
      agentType: agentTypeSchema,
      toolCalls: z.array(toolCallSchema),
      lines: z.array(z.string()).optional(),
    }),
  ),
]);
export type Frame = z.infer<typeof frameSchema>;

export const topicSchema = z.enum(['event', 'agent_status', 'decision_vote', 'worker_log', ...eventTypeSchema.options]);

/** What a client may say: which frames it wants (a frame type, or an event type), and from where on. */
export const subscribeSchema = z.strictObject({
  type: z.literal('subscribe'),
  topics: z.array(topicSchema).max(100).optional(),
  since: seqSchema.optional(),
});
