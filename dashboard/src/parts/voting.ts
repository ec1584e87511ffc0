import type { DecisionDetail } from '../../../src/contracts/decision.ts';

export interface Round {
  readonly number: number;
  readonly isOpen: boolean;
  readonly votes: DecisionDetail['votes'];
  readonly statements: DecisionDetail['statements'];
  /** Whose vote it still waits for. */
  readonly missing: readonly string[];
}

/** The voting, the latest round first; one that nobody was asked in is none. */
export function roundsOf({ status, round, rule, votes, statements }: DecisionDetail): Round[] {
  const voters = rule?.voters ?? [];
  const numbers = Array.from({ length: round }, (_, index) => round - index);
  return numbers.flatMap((number) => {
    const isOpen = number === round && status === 'pending';
    const own = {
      votes: votes.filter((vote) => vote.round === number),
      statements: statements.filter((statement) => statement.round === number),
    };
    const missing = isOpen ? voters.filter((voter) => !own.votes.some(({ voterType }) => voterType === voter)) : [];
    const isEmpty = own.votes.length + own.statements.length + missing.length === 0;
    return isEmpty ? [] : [{ number, isOpen, ...own, missing }];
  });
}

/** Who may still be voted for. */
export const openVoters = (decision: DecisionDetail): readonly string[] =>
  roundsOf(decision).find(({ isOpen }) => isOpen)?.missing ?? [];
