import { z } from 'zod';
import type { Usage } from './accounts.ts';
import { inputCeilingOf } from './ceiling.ts';
import { countOf, type Json, recordOf } from './dialects/stream.ts';
import { chargedBy, nothingUsed } from './dialects/usage.ts';

const inputsMax = 2_048;
const tokensSchema = z.array(z.number().int().min(0)).min(1);
const textSchema = z.string().min(1);

/** OpenAI's embeddings. Fields that are not listed pass through. */
export const embeddingRequestSchema = z.looseObject({
  model: z.string(),
  /** Texts, or texts as tokens. */
  input: z.union([
    textSchema,
    z.array(textSchema).min(1).max(inputsMax),
    tokensSchema,
    z.array(tokensSchema).min(1).max(inputsMax),
  ]),
});
export type EmbeddingRequest = z.output<typeof embeddingRequestSchema>;

/** The most a request can use. Where an input is tokens already, they are counted. */
export function embeddingCeilingOf({ input }: EmbeddingRequest): Usage {
  const inputs = [input].flat(2);
  const words = inputs.filter((each) => typeof each === 'string');
  return { ...nothingUsed, inputTokens: inputCeilingOf({ input: words }) + inputs.length - words.length };
}

export function usageOfEmbedding(answer: Json): Usage | undefined {
  const usage = recordOf(answer['usage']);
  const { prompt_tokens: tokens } = usage;
  if (typeof tokens !== 'number' || tokens < 0) return undefined;
  return { ...nothingUsed, inputTokens: countOf(tokens), ...chargedBy(usage) };
}

/** Whoever asked may have asked for base64: only that there is one of something for each input is looked at. */
export const embeddingAnswerSchema = z.looseObject({ data: z.array(z.looseObject({ embedding: z.unknown() })) });

/** JSON has no NaN, but `null` in its place, and numbers that are too large for one. */
const vectorsSchema = z.object({
  data: z.array(z.object({ index: z.number().int().min(0), embedding: z.array(z.number()).min(1).max(16_000) })),
});

/** The vectors of so many texts, in their order; undefined where this is no answer to that. */
export function vectorsOf(answer: unknown, count: number): number[][] | undefined {
  const parsed = vectorsSchema.safeParse(answer);
  if (!parsed.success) return undefined;
  const byIndex = new Map(parsed.data.data.map(({ index, embedding }) => [index, embedding]));
  const vectors = Array.from({ length: count }, (_, index) => byIndex.get(index) ?? []);
  const [first = []] = vectors;
  const areAlike = vectors.every(({ length }) => length > 0 && length === first.length);
  return areAlike && parsed.data.data.length === count ? vectors : undefined;
}
