import { describe, expect, it } from 'vitest';
import { decisionStatusSchema, type Vote } from '../../src/contracts/decision.ts';
import { defaultDecisionPolicy, type TierRule } from '../../src/contracts/policy.ts';
import {
  type Ballot,
  isFinal,
  type Poll,
  tally,
  tallyAtDeadline,
  type Verdict,
} from '../../src/orchestrator/decisions/rules.ts';

const { operational, minor, major, critical } = defaultDecisionPolicy.tiers;
const rounds = [1, 2, 3] as const;

type Word = Vote | 'silent';
const words: readonly Word[] = ['silent', 'approve', 'veto', 'abstain'];

/** The ballots of voters who said these words, in the order of the words. */
function ballotsOf(said: Readonly<Record<string, Word>>): Ballot[] {
  return Object.entries(said).flatMap(([voterType, vote]) => (vote === 'silent' ? [] : [{ voterType, vote }]));
}

const poll = (rule: TierRule, said: Readonly<Record<string, Word>>, round = 1): Poll => ({
  rule,
  round,
  roundsMax: 3,
  ballots: ballotsOf(said),
});

/** What two voters' words make of a major decision; `split` is approve against veto. */
const ofTwo: Readonly<Record<Word, Readonly<Record<Word, Verdict['kind'] | 'split'>>>> = {
  silent: { silent: 'wait', approve: 'wait', veto: 'wait', abstain: 'wait' },
  approve: { silent: 'wait', approve: 'approve', veto: 'split', abstain: 'approve' },
  veto: { silent: 'wait', approve: 'split', veto: 'veto', abstain: 'veto' },
  abstain: { silent: 'wait', approve: 'approve', veto: 'veto', abstain: 'escalate' },
};

const combinations = rounds.flatMap((round) =>
  words.flatMap((ceo) =>
    words.map((dao) => {
      const kind = ofTwo[ceo][dao];
      return { round, ceo, dao, kind: kind === 'split' ? (round < 3 ? 'next_round' : 'escalate') : kind } as const;
    }),
  ),
);

describe('a major decision', () => {
  it.each(combinations)('in round $round: CEO $ceo, DAO $dao → $kind', ({ round, ceo, dao, kind }) => {
    expect(tally(poll(major, { ceo, dao }, round)).kind).toBe(kind);
  });
});

describe('a critical decision', () => {
  const confirmed = combinations.map((row) => ({ ...row, kind: row.kind === 'approve' ? 'escalate' : row.kind }));

  it.each(confirmed)('in round $round: CEO $ceo, DAO $dao → $kind', ({ round, ceo, dao, kind }) => {
    expect(tally(poll(critical, { ceo, dao }, round)).kind).toBe(kind);
  });

  it('says that it is the human who is missing', () => {
    const { because } = tally(poll(critical, { ceo: 'approve', dao: 'approve' }));
    expect(because).toBe('approved by CEO and DAO; a human must confirm');
  });
});

describe('a minor decision', () => {
  const ofOne = { silent: 'wait', approve: 'approve', veto: 'veto', abstain: 'escalate' } as const;

  it.each(rounds.flatMap((round) => words.map((ceo) => ({ round, ceo, kind: ofOne[ceo] }))))(
    'in round $round: CEO $ceo → $kind',
    ({ round, ceo, kind }) => expect(tally(poll(minor, { ceo }, round)).kind).toBe(kind),
  );
});

describe('an operational decision', () => {
  it.each(rounds)('is approved at once in round %i, because nobody is asked', (round) => {
    expect(tally(poll(operational, {}, round)).kind).toBe('approve');
  });

  it('waits for the human all the same where the policy wants one', () => {
    expect(tally(poll({ ...operational, humanConfirms: true }, {})).kind).toBe('escalate');
  });
});

describe('a tally', () => {
  const everywhere = [minor, major, critical].flatMap((rule) =>
    combinations.map(({ round, ceo, dao }) => poll(rule, rule.voters.length === 1 ? { ceo } : { ceo, dao }, round)),
  );
  const held = (given: Poll, vote: Vote) => given.ballots.some((ballot) => ballot.vote === vote);

  it('never approves against a veto or without an approval, and never vetoes without a veto', () => {
    for (const given of everywhere) {
      const { kind } = tally(given);
      if (kind === 'approve') expect([held(given, 'veto'), held(given, 'approve')]).toEqual([false, true]);
      if (kind === 'veto') expect([held(given, 'veto'), held(given, 'approve')]).toEqual([true, false]);
    }
  });

  it('never approves by itself what a human must confirm, before the deadline or at it', () => {
    for (const given of everywhere.filter(({ rule }) => rule.humanConfirms)) {
      expect([tally(given).kind, tallyAtDeadline(given).kind]).not.toContain('approve');
    }
  });

  it('does not depend on who spoke first', () => {
    for (const given of everywhere) {
      expect(tally({ ...given, ballots: given.ballots.toReversed() }).kind).toBe(tally(given).kind);
    }
  });

  it.each<[string, Poll, string]>([
    ['who is missing', poll(major, { ceo: 'approve', dao: 'silent' }), 'waits for the vote of DAO'],
    ['that all are missing', poll(major, { ceo: 'silent', dao: 'silent' }), 'waits for the vote of CEO and DAO'],
    ['who disagrees', poll(major, { ceo: 'approve', dao: 'veto' }), 'CEO approved, DAO vetoed'],
    ['who vetoed', poll(major, { ceo: 'veto', dao: 'abstain' }), 'vetoed by CEO'],
    ['who abstained', poll(major, { ceo: 'abstain', dao: 'abstain' }), 'CEO and DAO abstained'],
    [
      'how long they tried',
      poll(major, { ceo: 'veto', dao: 'approve' }, 3),
      'no agreement after 3 rounds: DAO approved, CEO vetoed',
    ],
  ])('says %s', (_what, given, because) => expect(tally(given).because).toBe(because));

  it.each([
    [1, 1, 'escalate'],
    [1, 2, 'next_round'],
    [2, 2, 'escalate'],
    [3, 1, 'escalate'],
    [9, 10, 'next_round'],
  ] as const)('in round %i of %i makes of a disagreement: %s', (round, roundsMax, kind) => {
    expect(tally({ ...poll(major, { ceo: 'approve', dao: 'veto' }, round), roundsMax }).kind).toBe(kind);
  });

  it.each<[string, Readonly<Record<string, Word>>, Verdict['kind']]>([
    ['one silent', { ceo: 'approve', dao: 'approve', cfo: 'silent' }, 'wait'],
    ['one veto against two', { ceo: 'approve', dao: 'approve', cfo: 'veto' }, 'next_round'],
    ['one approval, two abstentions', { ceo: 'abstain', dao: 'approve', cfo: 'abstain' }, 'approve'],
    ['one veto, two abstentions', { ceo: 'abstain', dao: 'veto', cfo: 'abstain' }, 'veto'],
    ['three abstentions', { ceo: 'abstain', dao: 'abstain', cfo: 'abstain' }, 'escalate'],
  ])('of three voters, as a policy may want them: %s', (_what, said, kind) => {
    expect(tally(poll({ ...major, voters: ['ceo', 'dao', 'cfo'] }, said)).kind).toBe(kind);
  });
});

describe('at the deadline', () => {
  const unfinished: readonly { ceo: Word; dao: Word }[] = [
    { ceo: 'silent', dao: 'silent' },
    ...(['approve', 'veto', 'abstain'] as const).flatMap((vote) => [
      { ceo: vote, dao: 'silent' as const },
      { ceo: 'silent' as const, dao: vote },
    ]),
  ];

  it('a minor decision is approved by silence', () => {
    expect(tallyAtDeadline(poll(minor, { ceo: 'silent' }))).toEqual({
      kind: 'approve',
      because: 'the deadline passed without a veto',
    });
  });

  for (const [tier, rule] of Object.entries({ major, critical })) {
    it.each(rounds.flatMap((round) => unfinished.map((said) => ({ round, ...said }))))(
      `a ${tier} decision goes to a human in round $round: CEO $ceo, DAO $dao`,
      ({ round, ceo, dao }) => expect(tallyAtDeadline(poll(rule, { ceo, dao }, round)).kind).toBe('escalate'),
    );
  }

  it('it is said whose vote is missing', () => {
    const { because } = tallyAtDeadline(poll(major, { ceo: 'approve', dao: 'silent' }));
    expect(because).toBe('the deadline passed without the vote of DAO');
  });

  const silenceApproves: TierRule = { ...major, atDeadline: 'approve' };
  it.each(unfinished)('where silence approves, a veto is not overruled by it: CEO $ceo, DAO $dao', ({ ceo, dao }) => {
    const vetoed = ceo === 'veto' || dao === 'veto';
    expect(tallyAtDeadline(poll(silenceApproves, { ceo, dao })).kind).toBe(vetoed ? 'escalate' : 'approve');
  });

  it('where silence approves and a human confirms, the human still decides', () => {
    const verdict = tallyAtDeadline(
      poll({ ...silenceApproves, humanConfirms: true }, { ceo: 'silent', dao: 'silent' }),
    );
    expect(verdict.kind).toBe('escalate');
  });
});

describe('a status', () => {
  it('is final, unless it is pending or escalated', () => {
    const open = decisionStatusSchema.options.filter((status) => !isFinal(status));
    expect(open).toEqual(['pending', 'escalated']);
  });
});
