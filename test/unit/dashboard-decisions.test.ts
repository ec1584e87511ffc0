import { describe, expect, it } from 'vitest';
import {
  type ActionDraft,
  emptyAction,
  emptyDraft,
  jsonOrText,
  proposalOf,
} from '../../dashboard/src/pages/decisions/draft.ts';
import { openVoters, roundsOf } from '../../dashboard/src/parts/voting.ts';
import type { DecisionDetail, Vote } from '../../src/contracts/decision.ts';

const now = '2030-01-01T00:00:00.000Z';
const vote = (round: number, voterType: string, word: Vote = 'approve') => ({
  round,
  voterType,
  vote: word,
  reason: '',
  castBy: voterType,
  createdAt: now,
});

const decision = (change: Partial<DecisionDetail>): DecisionDetail => ({
  id: 'dec_1',
  title: 'A decision',
  status: 'pending',
  decisionType: 'major',
  proposedBy: 'cmo',
  ceoVote: null,
  daoVote: null,
  round: 1,
  deadline: null,
  because: '',
  createdAt: now,
  description: '',
  rule: { voters: ['ceo', 'dao'], informed: [], humanConfirms: false, deadline: null, atDeadline: 'escalate' },
  taskId: null,
  votes: [],
  statements: [],
  escalation: null,
  onApprove: [],
  resolvedAt: null,
  resolvedBy: null,
  ...change,
});

describe('the rounds of a decision', () => {
  it('are shown the latest first, each with its own votes and statements', () => {
    const statement = { round: 2, agentType: 'cfo', statement: 'too dear', createdAt: now };
    const votes = [vote(1, 'ceo'), vote(1, 'dao', 'veto'), vote(2, 'ceo')];
    const rounds = roundsOf(decision({ round: 2, votes, statements: [statement] }));
    expect(rounds).toEqual([
      { number: 2, isOpen: true, votes: [vote(2, 'ceo')], statements: [statement], missing: ['dao'] },
      { number: 1, isOpen: false, votes: [vote(1, 'ceo'), vote(1, 'dao', 'veto')], statements: [], missing: [] },
    ]);
  });

  it('are none where nobody is asked', () => {
    expect(roundsOf(decision({ status: 'approved' }))).toEqual([]);
  });

  it.each([
    ['nobody has voted', {}, ['ceo', 'dao']],
    ['one has voted', { votes: [vote(1, 'dao')] }, ['ceo']],
    ['a new round has begun', { round: 2, votes: [vote(1, 'dao'), vote(1, 'ceo', 'veto')] }, ['ceo', 'dao']],
    ['it waits for a human', { status: 'escalated' as const }, []],
    ['its rule is not kept', { rule: null }, []],
  ])('wait, when %s, for the right voters', (_when, change, voters) => {
    expect(openVoters(decision(change))).toEqual(voters);
  });
});

describe('a proposal as it is written', () => {
  const withAction = (change: Partial<ActionDraft>) =>
    proposalOf({ ...emptyDraft, title: ' Shop ', actions: [{ ...emptyAction(1), ...change }] });

  it.each([
    [
      { kind: 'create_task', title: ' Rent ', agentType: 'coo' },
      { kind: 'create_task', task: { title: 'Rent', description: '', assignTo: 'coo', priority: 'normal' } },
    ],
    [
      { kind: 'whitelist_domain', domain: ' example.com ', category: 'mail' },
      { kind: 'whitelist_domain', domain: 'example.com', category: 'mail', description: '' },
    ],
    [
      { kind: 'stop_agent', agentType: 'cfo', domain: 'left.over' },
      { kind: 'stop_agent', agentType: 'cfo' },
    ],
    [
      { kind: 'change_setting', setting: 'agents.loop.x', value: '5' },
      { kind: 'change_setting', category: 'agents', key: 'loop.x', value: 5 },
    ],
  ] as const)('sets %j in motion as %j', (draft, action) => {
    expect(withAction(draft)).toMatchObject({ isReady: true, body: { title: 'Shop', onApprove: [action] } });
  });

  it.each([
    [{ kind: 'create_task' }, ['onApprove.0.task.title', 'onApprove.0.task.assignTo']],
    [{ kind: 'whitelist_domain', category: 'No!' }, ['onApprove.0.domain', 'onApprove.0.category']],
    [{ kind: 'start_agent' }, ['onApprove.0.agentType']],
    [{ kind: 'change_setting' }, ['onApprove.0.category', 'onApprove.0.key']],
  ] as const)('is refused with %j, by the names of its fields', (draft, fields) => {
    const drafted = withAction(draft);
    expect(new Set(drafted.isReady ? [] : Object.keys(drafted.errors))).toEqual(new Set(fields));
  });

  it('is refused without a title', () => {
    const drafted = proposalOf({ ...emptyDraft, title: '  ' });
    expect(drafted).toMatchObject({ isReady: false, errors: { title: 'must not be blank' } });
  });
});

it.each([
  ['5', 5],
  ['true', true],
  ['{"a": [1]}', { a: [1] }],
  ['"5"', '5'],
  ['claude-only', 'claude-only'],
  ['', ''],
])('the value %s of a setting is read as %j', (written, value) => {
  expect(jsonOrText(written)).toEqual(value);
});
