import type { DecisionDetail, Vote } from '../../contracts/decision.ts';
import { AppError } from '../../contracts/errors.ts';
import type { Actor, Work } from '../events/work.ts';
import type { SettingsService } from '../settings/service.ts';
import { boardVotes } from './present.ts';
import { named, type Resolver } from './resolve.ts';
import { type Ballot, checkRound, isFinal, isSplit, tally, tallyAtDeadline, type Verdict } from './rules.ts';
import { ballotsOf, castVote, type DecisionRow, findStatement, lockDecision, saveStatement } from './store.ts';

interface Deps {
  readonly settings: SettingsService;
  readonly resolver: Resolver;
}

/** The answer to a vote. */
export type VoteState = Pick<DecisionDetail, 'id' | 'status' | 'ceoVote' | 'daoVote'>;

export interface VoteInput {
  readonly decisionId: string;
  readonly voterType: string;
  readonly vote: Vote;
  readonly reason: string;
  /** Unset: whichever is open. */
  readonly round?: number | undefined;
}

/** Words on a decision, each under the row's lock, and what they come to. */
export function createVoting({ settings, resolver }: Deps) {
  async function count({ tx }: Work, { rule, round }: DecisionRow, ballots: readonly Ballot[]): Promise<Verdict> {
    // Asked only where it matters: most rounds do not end in a split.
    const roundsMax = isSplit(ballots) ? await settings.read(tx, 'decisions.max_rounds') : round;
    return tally({ rule, round, roundsMax, ballots });
  }

  async function locked(work: Work, id: string): Promise<DecisionRow> {
    const row = await lockDecision(work.tx, id);
    if (!row) throw new AppError('decision_not_found', `There is no decision ${id}`);
    return row;
  }

  /** Settles what is overdue, under the row's lock. True when it was. */
  async function expire(work: Work, row: DecisionRow): Promise<boolean> {
    if (!isOverdue(row, work.now)) return false;
    const ballots = await ballotsOf(work.tx, { decisionId: row.id, round: row.round });
    await resolver.apply(work, row, tallyAtDeadline({ rule: row.rule, ballots }));
    return true;
  }

  /** Refuses words on what is decided; from its deadline on a decision belongs to the sweep alone. */
  async function openForVotes(work: Work, id: string): Promise<DecisionRow> {
    const row = await locked(work, id);
    if (row.status === 'escalated')
      throw new AppError('decision_escalated', `"${row.title}" waits for a human: ${row.because}`);
    if (isFinal(row.status)) throw closed(row);
    if (isOverdue(row, work.now)) throw new AppError('decision_closed', `The deadline of "${row.title}" has passed`);
    return row;
  }

  /** Casts the vote; answers with the decision as it is afterwards. */
  async function vote(work: Work, actor: Actor, input: VoteInput): Promise<VoteState> {
    const row = await openForVotes(work, input.decisionId);
    if (!row.rule.voters.includes(input.voterType)) {
      const voters = row.rule.voters.join(', ') || 'nobody';
      throw new AppError(
        'not_allowed',
        `"${input.voterType}" has no vote on this ${row.tier} decision; voters: ${voters}`,
      );
    }
    checkRound(row, input.round);
    const { voterType, reason } = input;
    const cast = { decisionId: row.id, round: row.round, voterType, vote: input.vote, reason };
    const ballots = await castVote(work.tx, { ...cast, castBy: actor.name, createdAt: work.now });
    if (!ballots) {
      throw new AppError(
        'vote_already_cast',
        `${voterType} has voted in round ${row.round}; a vote cannot be taken back`,
      );
    }
    work.append(actor, 'decision_voted', { ...named(row), voterType, vote: input.vote, reason, round: row.round });
    const after = await resolver.apply(work, row, await count(work, row, ballots));
    // A new round begins without a vote.
    return { id: row.id, status: after.status, ...boardVotes(after.round === row.round ? ballots : []) };
  }

  async function giveStatement(
    work: Work,
    agent: Actor,
    input: { decisionId: string; statement: string },
  ): Promise<void> {
    const row = await openForVotes(work, input.decisionId);
    const asked = await findStatement(work.tx, { decisionId: row.id, round: row.round, agentType: agent.name });
    if (!asked)
      throw new AppError('statement_not_asked', `"${row.title}" does not wait for a statement of ${agent.name}`);
    if (asked.statement !== null)
      throw new AppError('statement_already_given', `${agent.name} has spoken in round ${row.round}`);
    await saveStatement(work.tx, { ...asked, statement: input.statement, createdAt: work.now });
    work.append(agent, 'decision_statement', {
      ...named(row),
      agentType: agent.name,
      statement: input.statement,
      round: row.round,
    });
  }

  return { count, locked, expire, vote, giveStatement };
}

export const closed = (row: DecisionRow) =>
  new AppError('decision_closed', `"${row.title}" is ${row.status}: ${row.because}`);

const isOverdue = (row: DecisionRow, now: number) =>
  row.status === 'pending' && row.deadlineAt !== null && row.deadlineAt <= now;
