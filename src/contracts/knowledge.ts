import { z } from 'zod';
import { agentTypeSchema, filledText, idOf, text, timestamp } from './primitives.ts';

/** Where a document comes from. `note` is an operator's own; all others follow what they were made from. */
export const documentKindSchema = z.enum(['note', 'decision', 'task', 'history', 'profile', 'file', 'memory']);
export type DocumentKind = z.infer<typeof documentKindSchema>;

export const documentTitleMax = 300;
export const documentTextMax = 100_000;

export const newNoteSchema = z.strictObject({
  title: filledText(documentTitleMax),
  text: text(documentTextMax).default(''),
  /** Whose alone it is; unset: everybody's. */
  agent: agentTypeSchema.optional(),
});

/** What is left out stays as it is. */
export const noteChangeSchema = z.strictObject({
  title: filledText(documentTitleMax).optional(),
  text: text(documentTextMax).optional(),
});

export const documentSummarySchema = z.object({
  id: idOf('doc'),
  title: z.string(),
  kind: documentKindSchema,
  /** The one thing it was made from, such as `decision:dec_…` or `memory:ceo:<key>`. */
  source: z.string(),
  /** The only agent that finds it; null: all do. */
  agent: agentTypeSchema.nullable(),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type DocumentSummary = z.infer<typeof documentSummarySchema>;

export const documentSchema = documentSummarySchema.extend({ text: z.string() });
export type Document = z.infer<typeof documentSchema>;

/** A part of a document, as an agent reads it. */
export const documentPageSchema = documentSchema.extend({
  /** Where the part begins in the whole. */
  offset: z.number().int(),
  /** Where the next one begins; null: this was the last. */
  nextOffset: z.number().int().nullable(),
});
export type DocumentPage = z.infer<typeof documentPageSchema>;

/** A document that was found, with the words of it that fit: plain text of one line, written by whoever wrote the document. */
export const findingSchema = documentSummarySchema.omit({ createdAt: true }).extend({
  snippet: z.string(),
  /** Higher fits better; comparable within one answer only. */
  score: z.number(),
});
export type Finding = z.infer<typeof findingSchema>;
