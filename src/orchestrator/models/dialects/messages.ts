import { z } from 'zod';
import { tokensAskedSchema } from '../chat.ts';

/**
 * The part of Anthropic's messages that must be understood here. Fields that are not listed pass through: providers add
 * theirs faster than anyone writes schemas.
 */
export const blockSchema = z.looseObject({ type: z.string() });
export type Block = z.output<typeof blockSchema>;

const contentSchema = z.union([z.string(), z.array(blockSchema)]);

const turnSchema = z.looseObject({ role: z.enum(['user', 'assistant', 'system']), content: contentSchema });
export type Turn = z.output<typeof turnSchema>;

const toolSchema = z.looseObject({
  name: z.string(),
  description: z.string().optional(),
  input_schema: z.record(z.string(), z.unknown()).optional(),
});

export const messagesRequestSchema = z.looseObject({
  model: z.string(),
  max_tokens: tokensAskedSchema,
  messages: z.array(turnSchema).min(1),
  system: contentSchema.optional(),
  tools: z.array(toolSchema).optional(),
  tool_choice: z.looseObject({ type: z.string() }).optional(),
  stop_sequences: z.array(z.string()).optional(),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  stream: z.boolean().optional(),
});
export type MessagesRequest = z.output<typeof messagesRequestSchema>;

/** The same question to the one who only counts. */
export const countRequestSchema = messagesRequestSchema.omit({ max_tokens: true });
export type CountRequest = z.output<typeof countRequestSchema>;

export const messageSchema = z.looseObject({
  id: z.string(),
  type: z.literal('message'),
  model: z.string(),
  content: z.array(blockSchema),
  stop_reason: z.string().nullish(),
  usage: z.looseObject({}).optional(),
});
export type Message = z.output<typeof messageSchema>;

/** Anthropic's reason for the end of an answer → OpenAI's. */
const finishReasons: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};
export const finishReasonOf = (stopReason: unknown): string => finishReasons[String(stopReason)] ?? 'stop';

/** OpenAI's reason for the end of an answer → Anthropic's. */
const stopReasons: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
};
/** Some that call tools say that they are done, OpenAI too where a tool was prescribed: a client would not make the calls. */
export const stopReasonOf = (finishReason: unknown, calls: number): string => {
  const reason = stopReasons[String(finishReason)] ?? 'end_turn';
  return reason === 'end_turn' && calls > 0 ? 'tool_use' : reason;
};
