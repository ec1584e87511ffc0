import { z } from 'zod';
import { focusSchema } from './focus.ts';
import { agentTypeSchema, idOf, text } from './primitives.ts';

/** The agent's side of the orchestrator. Paths on `BOARDROOM_URL`; every call carries `Authorization: Bearer <BOARDROOM_TOKEN>`. */
export const gatewayPaths = {
  /** WebSocket: the frames below. */
  socket: '/agent',
  /** MCP over streamable HTTP: the tools. */
  tools: '/mcp',
  /** Where agents think: OpenAI's API below `/llm/v1`, Anthropic's below `/llm`. */
  llm: '/llm',
  /** `/fetch/<host>/<path>`: asked for over HTTPS, with the role's secrets for that host. */
  fetch: '/fetch',
  chatCompletions: '/llm/v1/chat/completions',
} as const;

/** Why a loop starts. */
export const wakeReasonSchema = z.enum(['schedule', 'task', 'decision', 'message', 'operator']);
export type WakeReason = z.infer<typeof wakeReasonSchema>;

export const wakeSchema = z.object({
  reason: wakeReasonSchema,
  /** The ids it is about (tasks, decisions, messages); none for `schedule`. */
  subjects: z.array(z.string()),
});
export type Wake = z.infer<typeof wakeSchema>;

export const loopOutcomeSchema = z.enum(['done', 'idle', 'failed']);
export type LoopOutcome = z.infer<typeof loopOutcomeSchema>;

/** Agent → gateway. `hello` is the first frame; it names the loop still at work after a lost connection. */
export const agentFrameSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), version: text(40), loopId: idOf('lop').nullable() }),
  z.strictObject({ type: z.literal('heartbeat') }),
  /** Sent again after each reconnect until `report_ack` came. */
  z.strictObject({ type: z.literal('report'), loopId: idOf('lop'), outcome: loopOutcomeSchema, summary: text(4_000) }),
  z.strictObject({ type: z.literal('log'), lines: z.array(text(2_000)).min(1).max(100) }),
]);
export type AgentFrame = z.infer<typeof agentFrameSchema>;

/** Gateway → agent. */
export const gatewayFrameSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    agentId: idOf('agt'),
    agentType: agentTypeSchema,
    name: z.string(),
    /** The profile's Markdown: the system prompt. */
    prompt: z.string(),
    heartbeatMs: z.number().int(),
    /** What runs for each wake in the built-in agent's place. */
    command: z.object({ argv: z.array(z.string()).min(1), timeoutMs: z.number().int() }).optional(),
  }),
  z.object({
    type: z.literal('wake'),
    loopId: idOf('lop'),
    wakes: z.array(wakeSchema).min(1),
    /** The loop is a hang, and the agent is restarted, when it takes longer. */
    turnTimeoutMs: z.number().int(),
    /** True when the agent may act of its own accord although nothing is new. */
    initiative: z.boolean(),
    /** What the operator wants the team to lean towards. */
    focus: focusSchema.optional(),
  }),
  z.object({ type: z.literal('report_ack'), loopId: idOf('lop') }),
  z.object({ type: z.literal('shutdown'), because: z.string() }),
]);
export type GatewayFrame = z.infer<typeof gatewayFrameSchema>;

/** Close codes of the agent socket (RFC 6455 leaves 4000-4999 to the application). */
export const closeCodes = {
  /** A newer connection of the same instance took over. */
  superseded: 4001,
  /** The frame was malformed or came out of turn. */
  protocolError: 4002,
  /** The instance has ended; its token is dead. */
  ended: 4003,
  /** More frames or bytes than an agent may send; it may come back. */
  flooding: 4004,
  tooMuchUnsent: 1013,
} as const;
