import type { DecisionAction, DecisionStatus, Vote } from '../../contracts/decision.ts';
import { AppError } from '../../contracts/errors.ts';
import { type DecisionPolicy, type Tier, type TierRule, tierOrder } from '../../contracts/policy.ts';

/** What is to happen to a pending decision, and why. */
export type Verdict =
  | { readonly kind: 'wait'; readonly because: string }
  | { readonly kind: 'approve'; readonly because: string }
  | { readonly kind: 'veto'; readonly because: string }
  | { readonly kind: 'escalate'; readonly because: string }
  | { readonly kind: 'next_round'; readonly because: string };

/** One voter's word in the round at hand. */
export interface Ballot {
  readonly voterType: string;
  readonly vote: Vote;
}

export interface Poll {
  readonly rule: TierRule;
  readonly round: number;
  readonly roundsMax: number;
  /** Of this round only. */
  readonly ballots: readonly Ballot[];
}

/** Counts one round. An abstention leaves the word to the others; nobody's silence counts before the deadline. */
export function tally(poll: Poll): Verdict {
  const { rule, ballots } = poll;
  if (rule.voters.length === 0) return approved(rule, 'nobody needs to be asked');

  const missing = rule.voters.filter((voter) => !ballots.some((ballot) => ballot.voterType === voter));
  if (missing.length > 0) return { kind: 'wait', because: `waits for the vote of ${list(missing)}` };

  const approving = votersOf(ballots, 'approve');
  const vetoing = votersOf(ballots, 'veto');
  if (isSplit(ballots)) return split(poll, `${list(approving)} approved, ${list(vetoing)} vetoed`);
  if (vetoing.length > 0) return { kind: 'veto', because: `vetoed by ${list(vetoing)}` };
  if (approving.length > 0) return approved(rule, `approved by ${list(approving)}`);
  return { kind: 'escalate', because: `${list(rule.voters)} abstained` };
}

/** Approve against veto: what the next round is for. */
export const isSplit = (ballots: readonly Ballot[]): boolean =>
  ballots.some(({ vote }) => vote === 'approve') && ballots.some(({ vote }) => vote === 'veto');

/** The deadline has passed with the round undecided. A veto on the table is never overruled by silence. */
export function tallyAtDeadline({ rule, ballots }: Pick<Poll, 'rule' | 'ballots'>): Verdict {
  const vetoing = votersOf(ballots, 'veto');
  if (rule.atDeadline === 'approve' && vetoing.length === 0) {
    return approved(rule, 'the deadline passed without a veto');
  }
  const silent = rule.voters.filter((voter) => !ballots.some((ballot) => ballot.voterType === voter));
  return { kind: 'escalate', because: `the deadline passed without the vote of ${list(silent)}` };
}

function approved(rule: TierRule, because: string): Verdict {
  return rule.humanConfirms
    ? { kind: 'escalate', because: `${because}; a human must confirm` }
    : { kind: 'approve', because };
}

function split({ round, roundsMax }: Poll, because: string): Verdict {
  return round < roundsMax
    ? { kind: 'next_round', because }
    : { kind: 'escalate', because: `no agreement after ${round} rounds: ${because}` };
}

const votersOf = (ballots: readonly Ballot[], vote: Vote): string[] =>
  ballots.filter((ballot) => ballot.vote === vote).map((ballot) => ballot.voterType);

const list = (names: readonly string[]): string => names.map((name) => name.toUpperCase()).join(' and ');

export interface Proposal {
  readonly title: string;
  readonly proposedBy: string;
  readonly tier: Tier;
  readonly onApprove: readonly DecisionAction[];
}

/** The tier the proposer picked, or a graver one where policy says so; never a lighter one. */
export function tierOf(proposal: Proposal, policy: DecisionPolicy): Tier {
  const floors = policy.raise.filter(({ when }) => matches(proposal, when)).map(({ atLeast }) => atLeast);
  return graverOf([proposal.tier, ...floors]);
}

function matches(proposal: Proposal, when: DecisionPolicy['raise'][number]['when']): boolean {
  return (
    (when.action === undefined || proposal.onApprove.some(({ kind }) => kind === when.action)) &&
    (when.proposedBy === undefined || proposal.proposedBy === when.proposedBy) &&
    (when.titleIncludes === undefined || proposal.title.toLowerCase().includes(when.titleIncludes.toLowerCase()))
  );
}

const graverOf = (tiers: readonly Tier[]): Tier => tierOrder.findLast((tier) => tiers.includes(tier)) ?? 'critical';

/** A vote that was sent twice must not be counted again in the round that its first copy has opened. */
export function checkRound(open: { readonly title: string; readonly round: number }, meant: number | undefined): void {
  if (meant === undefined || meant === open.round) return;
  throw meant < open.round
    ? new AppError('vote_already_cast', `Round ${meant} of "${open.title}" is over; round ${open.round} is open`)
    : new AppError('invalid_request', `round: ${meant} has not begun; round ${open.round} of "${open.title}" is open`);
}

/** Everything but `pending` and `escalated` is final. */
export const isFinal = (status: DecisionStatus): boolean => status !== 'pending' && status !== 'escalated';
