import { z } from 'zod';

/**
 * The part of OpenAI's chat completions that models here must understand. Fields that are not listed pass through:
 * providers add theirs faster than anyone writes schemas.
 */
const textPartSchema = z.looseObject({ type: z.string(), text: z.string().optional() });
const contentSchema = z.union([z.string(), z.array(textPartSchema), z.null()]).optional();

const toolCallSchema = z.looseObject({
  id: z.string(),
  type: z.literal('function').default('function'),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});
export type ChatToolCall = z.output<typeof toolCallSchema>;

const chatMessageSchema = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: contentSchema,
  tool_calls: z.array(toolCallSchema).nullish(),
  tool_call_id: z.string().nullish(),
});
export type ChatMessage = z.output<typeof chatMessageSchema>;

const chatToolSchema = z.looseObject({
  type: z.string(),
  function: z.looseObject({ name: z.string(), parameters: z.record(z.string(), z.unknown()).optional() }).optional(),
});

const streamOptionsSchema = z.looseObject({ include_usage: z.boolean().nullish() });
export type StreamOptions = z.output<typeof streamOptionsSchema>;

/** What a call may cost follows from these, so they are no free text. */
export const tokensAskedSchema = z.number().int().min(1).max(10_000_000);

export const chatRequestSchema = z.looseObject({
  model: z.string(),
  max_tokens: tokensAskedSchema.nullish(),
  max_completion_tokens: tokensAskedSchema.nullish(),
  n: z.number().int().min(1).max(128).nullish(),
  messages: z.array(chatMessageSchema).min(1),
  tools: z.array(chatToolSchema).nullish(),
  tool_choice: z.unknown().optional(),
  stream: z.boolean().nullish(),
  stream_options: streamOptionsSchema.nullish(),
});
export type ChatRequest = z.output<typeof chatRequestSchema>;

export const chatCompletionSchema = z.looseObject({
  id: z.string(),
  object: z.literal('chat.completion'),
  /** Seconds since 1970. */
  created: z.number(),
  model: z.string(),
  choices: z.array(
    z.looseObject({
      index: z.number(),
      message: z.looseObject({
        role: z.literal('assistant'),
        content: z.string().nullish(),
        tool_calls: z.array(toolCallSchema).nullish(),
      }),
      finish_reason: z.string().nullish(),
    }),
  ),
  /** Some leave out what is nothing. */
  usage: z.looseObject({}).nullish(),
});
export type ChatCompletion = z.output<typeof chatCompletionSchema>;

/** The words of a message, whether it came as text or as parts. */
export function textOf(content: ChatMessage['content']): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text }) => text ?? '').join('\n');
}
