import type { Vote } from '../../contracts/decision.ts';
import { stableNumber } from './rehearsal-hash.ts';

/** What the DAO thinks of a title: approves at once, comes round in a later round, or holds its veto until a human decides. */
export type DaoStance = 'approves' | 'comes_round_in_2' | 'comes_round_in_3' | 'holds';

/** One title in seven meets the DAO's doubt, more where risk is not wanted; one in seven of those is never forgiven. */
const doubtedOneIn = (riskTolerance: number) => 2 + Math.round(riskTolerance / 10);
const heldOneIn = 7;

/** The demonstration everyone runs first shall end well. */
const welcomeSubject = 'launch the newsletter';

const recklessWords = /\b(gamble|lottery|secretly|mislead|deceive|bypass|bribe|spam)\b/;

export function daoStance(title: string, riskTolerance = 50): DaoStance {
  const subject = subjectOf(title);
  if (subject.includes(welcomeSubject)) return 'approves';
  const number = stableNumber(subject);
  const oneIn = doubtedOneIn(riskTolerance);
  if (number % oneIn !== 0) return 'approves';
  const depth = Math.floor(number / oneIn) % heldOneIn;
  if (depth === 0) return 'holds';
  return depth % 2 === 1 ? 'comes_round_in_2' : 'comes_round_in_3';
}

/** A title no voter would put a name to, in any round. */
export const isReckless = (title: string): boolean => {
  const subject = subjectOf(title);
  return recklessWords.test(subject) && !subject.includes(welcomeSubject);
};

export interface Ballot {
  readonly role: string;
  readonly title: string;
  readonly round: number;
  /** The operator's focus, 0 to 100. */
  readonly riskTolerance?: number;
}

export function voteOn({ role, title, round, riskTolerance }: Ballot): Vote {
  if (isReckless(title)) return 'veto';
  if (role !== 'dao') return 'approve';
  switch (daoStance(title, riskTolerance)) {
    case 'approves':
      return 'approve';
    case 'comes_round_in_2':
      return round >= 2 ? 'approve' : 'veto';
    case 'comes_round_in_3':
      return round >= 3 ? 'approve' : 'veto';
    case 'holds':
      return 'veto';
  }
}

/** The title without what proposals put before it, so that an approval of a thing is judged like the thing. */
function subjectOf(title: string): string {
  const plain = title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return plain.replace(/^(?:(?:approve|approval|mandate|proposal|decision|request)(?: (?:for|of|to))? )+/, '');
}
