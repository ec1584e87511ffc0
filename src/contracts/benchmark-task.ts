import { z } from 'zod';
import { benchmarkTaskIdSchema } from './benchmark.ts';
import { type JsonValue, jsonValue } from './primitives.ts';

const words = z.string().trim().min(1).max(20_000);

/** Every item is one question; its id names it within the task. */
const items = <S extends z.ZodRawShape>(shape: S) =>
  z
    .array(z.strictObject({ id: benchmarkTaskIdSchema, prompt: words, ...shape }))
    .min(1)
    .max(100);

const head = {
  title: words,
  description: words,
  /** The system prompt that all its questions share: how an answer has to look. */
  system: words,
  /** The longest answer, thoughts included. */
  maxTokens: z.number().int().min(16).max(32_768),
};

const pattern = z.string().refine((source) => isPattern(source), 'must be a regular expression');

/** What a text must be like. */
const checkSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('words'), min: z.number().int().default(0), max: z.number().int() }),
  z.strictObject({ kind: z.literal('lines'), count: z.number().int() }),
  z.strictObject({ kind: z.literal('matches'), pattern, times: z.number().int().optional() }),
  z.strictObject({ kind: z.literal('lacks'), pattern }),
]);
export type Check = z.output<typeof checkSchema>;

/** One call of the function that the model wrote; `result` never reaches the code. */
const caseSchema = z.strictObject({ arguments: z.array(jsonValue), result: jsonValue });

/** A task as its file has it. */
export const taskFileSchema = z.discriminatedUnion('grading', [
  z.strictObject({ ...head, grading: z.literal('exact'), items: items({ accept: z.array(words).min(1) }) }),
  z.strictObject({ ...head, grading: z.literal('json'), items: items({ expect: z.record(z.string(), jsonValue) }) }),
  z.strictObject({ ...head, grading: z.literal('rules'), items: items({ checks: z.array(checkSchema).min(1) }) }),
  z.strictObject({
    ...head,
    grading: z.literal('code'),
    items: items({ function: z.string().regex(/^[a-z][A-Za-z0-9]*$/), cases: z.array(caseSchema).min(1) }),
  }),
  z.strictObject({ ...head, grading: z.literal('rubric'), items: items({ rubric: words, reference: words }) }),
]);

/** A task's question with all that its answer is graded by. */
export type Item =
  | { readonly grading: 'exact'; readonly prompt: string; readonly accept: readonly string[] }
  | { readonly grading: 'json'; readonly prompt: string; readonly expect: Readonly<Record<string, JsonValue>> }
  | { readonly grading: 'rules'; readonly prompt: string; readonly checks: readonly Check[] }
  | { readonly grading: 'code'; readonly prompt: string; readonly function: string; readonly cases: readonly Case[] }
  | { readonly grading: 'rubric'; readonly prompt: string; readonly rubric: string; readonly reference: string };
export type ItemOf<G extends Item['grading']> = Extract<Item, { grading: G }>;
export type Case = z.output<typeof caseSchema>;

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
