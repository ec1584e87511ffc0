import { z } from 'zod';
import { actorSchema, filledText, idOf, text, timestamp } from './primitives.ts';

/**
 * A registrable name such as `api.example.com`, or `*.example.com` for all names below it (but not itself). What exactly is
 * allowed depends on the public suffixes: src/orchestrator/domains/rules.ts.
 */
export const domainInput = filledText(260).describe('a domain such as api.example.com or *.example.com');

/** Free, for the operator's own order; `internal` alone has a meaning: its hosts may resolve to private addresses. */
export const domainCategorySchema = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, 'a category is 1 to 40 of a-z, 0-9, _ and -, and begins with a letter');
export const internalCategory = 'internal';

export const newDomainSchema = z.strictObject({
  domain: domainInput,
  category: domainCategorySchema,
  description: text(500).default(''),
});

export const domainSchema = z.object({
  id: idOf('dom'),
  /** In lower case and ASCII (punycode). */
  domain: z.string(),
  category: z.string(),
  description: z.string(),
  /** False: it was removed, and allows nothing. */
  isActive: z.boolean(),
});
export type Domain = z.infer<typeof domainSchema>;

export const requestStatusSchema = z.enum(['pending', 'approved', 'rejected']);
export type RequestStatus = z.infer<typeof requestStatusSchema>;

export const domainRequestSchema = z.object({
  id: idOf('dmr'),
  domain: z.string(),
  /** The first who asked. */
  requestedBy: actorSchema,
  reason: z.string(),
  status: requestStatusSchema,
  suggestedCategory: z.string(),
  /** 0 to 100, higher is safer: what can be told from the name alone. */
  securityScore: z.number().int(),
  /** Why the score is what it is. */
  findings: z.array(z.string()),
  /** What the agent tried to reach; null when it asked before it tried. */
  url: z.string().nullable(),
  taskId: idOf('tsk').nullable(),
  createdAt: timestamp,
  decidedBy: actorSchema.nullable(),
  decidedAt: timestamp.nullable(),
  notes: z.string().nullable(),
});
export type DomainRequest = z.infer<typeof domainRequestSchema>;

const attempts = { allowed: z.number().int(), denied: z.number().int() };

/** What agents tried of one domain: an entry of the whitelist that let them through, or a host that they were kept from. */
export const domainUsageSchema = z.object({
  /** `*`: what is no host's name, and hosts beyond those that are counted one by one. */
  domain: z.string(),
  ...attempts,
  /** Who tried. */
  agents: z.array(z.string()),
  /** The hour of the last attempt. */
  lastHour: timestamp,
  /** Days of UTC with attempts, such as `2030-01-31`. */
  days: z.array(z.object({ day: z.iso.date(), ...attempts })),
});
export type DomainUsage = z.infer<typeof domainUsageSchema>;

/** Attempts within one hour or day, by its beginning. */
export const domainAttemptsSchema = z.object({ at: timestamp, ...attempts });
