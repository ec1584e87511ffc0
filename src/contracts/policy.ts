import { z } from 'zod';
import { agentTypeSchema } from './primitives.ts';

export const tierSchema = z.enum(['operational', 'minor', 'major', 'critical']);
export type Tier = z.infer<typeof tierSchema>;

/** From the lightest to the gravest; policy can move a decision to the right only. */
export const tierOrder: readonly Tier[] = tierSchema.options;

export const tierRuleSchema = z.strictObject({
  /** Who is asked. Nobody: approved at once. */
  voters: z.array(agentTypeSchema).max(9),
  /** Told of the decision without being asked. */
  informed: z.array(agentTypeSchema).max(9),
  /** After the voters' approval a human must confirm. */
  humanConfirms: z.boolean(),
  /** Seconds until the deadline; null: none. */
  deadline: z.number().int().min(1).max(31_536_000).nullable(),
  /** What silence means when the deadline passes. */
  atDeadline: z.enum(['approve', 'escalate']),
});
export type TierRule = z.infer<typeof tierRuleSchema>;

const raiseRuleSchema = z.strictObject({
  /** Every condition that is given must hold. */
  when: z.strictObject({
    action: z.string().max(60).optional(),
    proposedBy: agentTypeSchema.optional(),
    titleIncludes: z.string().min(1).max(100).optional(),
  }),
  atLeast: tierSchema,
});

/** The tier table as data: setting `decisions.policy`. */
export const decisionPolicySchema = z.strictObject({
  tiers: z.strictObject({
    operational: tierRuleSchema,
    minor: tierRuleSchema,
    major: tierRuleSchema,
    critical: tierRuleSchema,
  }),
  /** Raises a proposer's tier, never lowers it. */
  raise: z.array(raiseRuleSchema).max(100),
});
export type DecisionPolicy = z.infer<typeof decisionPolicySchema>;

const hours = (count: number) => count * 3_600;

export const defaultDecisionPolicy: DecisionPolicy = {
  tiers: {
    operational: { voters: [], informed: ['ceo'], humanConfirms: false, deadline: null, atDeadline: 'approve' },
    minor: { voters: ['ceo'], informed: [], humanConfirms: false, deadline: hours(4), atDeadline: 'approve' },
    major: { voters: ['ceo', 'dao'], informed: [], humanConfirms: false, deadline: hours(24), atDeadline: 'escalate' },
    critical: {
      voters: ['ceo', 'dao'],
      informed: [],
      humanConfirms: true,
      deadline: hours(48),
      atDeadline: 'escalate',
    },
  },
  raise: [
    { when: { action: 'change_setting' }, atLeast: 'critical' },
    // What agents may reach is a human's to say.
    { when: { action: 'whitelist_domain' }, atLeast: 'critical' },
    { when: { action: 'stop_agent' }, atLeast: 'major' },
    { when: { action: 'start_agent' }, atLeast: 'major' },
  ],
};
