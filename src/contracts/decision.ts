import { z } from 'zod';
import { newDomainSchema } from './domain.ts';
import { tierRuleSchema, tierSchema } from './policy.ts';
import { actorSchema, agentTypeSchema, filledText, idOf, jsonValue, text, timestamp } from './primitives.ts';
import { newTaskSchema } from './task.ts';

export const decisionStatusSchema = z.enum(['pending', 'approved', 'vetoed', 'escalated', 'rejected', 'withdrawn']);
export type DecisionStatus = z.infer<typeof decisionStatusSchema>;

export const voteSchema = z.enum(['approve', 'veto', 'abstain']);
export type Vote = z.infer<typeof voteSchema>;

/** What approval sets in motion: run once, in the transaction that approves, and not before. */
export const decisionActionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('create_task'), task: newTaskSchema }),
  newDomainSchema.extend({ kind: z.literal('whitelist_domain') }),
  z.strictObject({ kind: z.literal('start_agent'), agentType: agentTypeSchema }),
  z.strictObject({ kind: z.literal('stop_agent'), agentType: agentTypeSchema }),
  z.strictObject({
    kind: z.literal('change_setting'),
    category: filledText(60),
    key: filledText(120),
    value: jsonValue,
  }),
]);
export type DecisionAction = z.infer<typeof decisionActionSchema>;

export const newDecisionSchema = z.strictObject({
  title: filledText(200),
  description: text(20_000).default(''),
  decisionType: tierSchema.default('major'),
  onApprove: z.array(decisionActionSchema).max(10).default([]),
});

export const decisionSummarySchema = z.object({
  id: idOf('dec'),
  title: z.string(),
  status: decisionStatusSchema,
  decisionType: tierSchema,
  proposedBy: actorSchema,
  /** The CEO's and the DAO's vote in the current round. */
  ceoVote: voteSchema.nullable(),
  daoVote: voteSchema.nullable(),
  round: z.number().int(),
  deadline: timestamp.nullable(),
  /** Why it has the status it has, in words. */
  because: z.string(),
  createdAt: timestamp,
});

/** A vote that names its round counts in that round or not at all, so that it may be sent again without harm. */
export const votedRoundSchema = z.number().int().min(1).optional().describe('the round it is meant for');

export const castVoteSchema = z.object({
  round: z.number().int(),
  voterType: agentTypeSchema,
  vote: voteSchema,
  reason: z.string(),
  /** Who cast it: the voter itself, or an operator on its behalf. */
  castBy: actorSchema,
  createdAt: timestamp,
});

export const statementSchema = z.object({
  round: z.number().int(),
  agentType: agentTypeSchema,
  statement: z.string(),
  createdAt: timestamp,
});

export const actionOutcomeSchema = z.object({
  action: decisionActionSchema,
  status: z.enum(['waiting', 'done', 'failed', 'dropped']),
  /** What it made, or why it failed. */
  outcome: z.string().nullable(),
  executedAt: timestamp.nullable(),
});

export const decisionDetailSchema = decisionSummarySchema.extend({
  description: z.string(),
  /** Who votes, and what silence means: the row of the tier table it was proposed under; null: archived before that was kept. */
  rule: tierRuleSchema.nullable().default(null),
  taskId: idOf('tsk').nullable(),
  votes: z.array(castVoteSchema),
  statements: z.array(statementSchema),
  escalation: z.object({ id: idOf('esc'), reason: z.string(), createdAt: timestamp }).nullable(),
  onApprove: z.array(actionOutcomeSchema),
  resolvedAt: timestamp.nullable(),
  resolvedBy: actorSchema.nullable(),
});
export type DecisionDetail = z.infer<typeof decisionDetailSchema>;
