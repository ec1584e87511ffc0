import { describe, expect, it } from 'vitest';
import type { DecisionAction } from '../../src/contracts/decision.ts';
import {
  type DecisionPolicy,
  decisionPolicySchema,
  defaultDecisionPolicy,
  type Tier,
  tierOrder,
} from '../../src/contracts/policy.ts';
import { type Proposal, tierOf } from '../../src/orchestrator/decisions/rules.ts';

const hours = (count: number) => count * 3_600;
const startCmo: DecisionAction = { kind: 'start_agent', agentType: 'cmo' };
const stopCmo: DecisionAction = { kind: 'stop_agent', agentType: 'cmo' };
const giveWork: DecisionAction = {
  kind: 'create_task',
  task: { title: 'Write', description: '', assignTo: 'cmo', priority: 'normal' },
};
const openDomain: DecisionAction = {
  kind: 'whitelist_domain',
  domain: 'example.com',
  category: 'api',
  description: '',
};
const setDelay: DecisionAction = { kind: 'change_setting', category: 'queue', key: 'delay_low', value: 1 };

const proposal = (parts: Partial<Proposal> = {}): Proposal => ({
  title: 'Buy a newspaper',
  proposedBy: 'cmo',
  tier: 'operational',
  onApprove: [],
  ...parts,
});

type Raise = DecisionPolicy['raise'][number];
const raising = (...raise: Raise[]): DecisionPolicy => ({ ...defaultDecisionPolicy, raise });
const gravity = (tier: Tier) => tierOrder.indexOf(tier);

describe('the tier table', () => {
  it('is the one of the documentation', () => {
    expect(defaultDecisionPolicy.tiers).toEqual({
      operational: { voters: [], informed: ['ceo'], humanConfirms: false, deadline: null, atDeadline: 'approve' },
      minor: { voters: ['ceo'], informed: [], humanConfirms: false, deadline: hours(4), atDeadline: 'approve' },
      major: {
        voters: ['ceo', 'dao'],
        informed: [],
        humanConfirms: false,
        deadline: hours(24),
        atDeadline: 'escalate',
      },
      critical: {
        voters: ['ceo', 'dao'],
        informed: [],
        humanConfirms: true,
        deadline: hours(48),
        atDeadline: 'escalate',
      },
    });
    expect(decisionPolicySchema.parse(defaultDecisionPolicy)).toEqual(defaultDecisionPolicy);
  });
});

describe('the tier of a decision', () => {
  const pairs = tierOrder.flatMap((tier) => tierOrder.map((atLeast) => ({ tier, atLeast })));

  it.each(pairs)('proposed as $tier under a policy of at least $atLeast is the graver of the two', (pair) => {
    const given = tierOf(proposal({ tier: pair.tier }), raising({ when: {}, atLeast: pair.atLeast }));
    expect(gravity(given)).toBe(Math.max(gravity(pair.tier), gravity(pair.atLeast)));
  });

  it('is what the proposer picked where no rule speaks of it', () => {
    expect(tierOrder.map((tier) => tierOf(proposal({ tier }), raising()))).toEqual(tierOrder);
  });

  it('follows the gravest of several rules, in whatever order they stand', () => {
    const rules: Raise[] = [
      { when: {}, atLeast: 'minor' },
      { when: { proposedBy: 'cmo' }, atLeast: 'critical' },
      { when: {}, atLeast: 'major' },
    ];
    expect(tierOf(proposal(), raising(...rules))).toBe('critical');
    expect(tierOf(proposal(), raising(...rules.toReversed()))).toBe('critical');
  });

  it.each<[string, Raise['when'], Partial<Proposal>, boolean]>([
    ['the action is among others', { action: 'start_agent' }, { onApprove: [giveWork, startCmo] }, true],
    ['the action is another', { action: 'start_agent' }, { onApprove: [stopCmo] }, false],
    ['there is no action', { action: 'start_agent' }, {}, false],
    ['the proposer is named', { proposedBy: 'cmo' }, {}, true],
    ['the proposer is another', { proposedBy: 'cto' }, {}, false],
    ['the title holds the word', { titleIncludes: 'newspaper' }, {}, true],
    ['the title holds it in another case', { titleIncludes: 'NEWSpaper' }, {}, true],
    ['the title does not hold the word', { titleIncludes: 'magazine' }, {}, false],
    ['both conditions hold', { proposedBy: 'cmo', titleIncludes: 'buy' }, {}, true],
    ['only the first condition holds', { proposedBy: 'cmo', titleIncludes: 'sell' }, {}, false],
    ['only the second condition holds', { proposedBy: 'cto', titleIncludes: 'buy' }, {}, false],
  ])('is raised by a rule if all its conditions hold: %s', (_name, when, parts, raised) => {
    expect(tierOf(proposal(parts), raising({ when, atLeast: 'major' }))).toBe(raised ? 'major' : 'operational');
  });

  it.each<[string, DecisionAction, Tier]>([
    ['changes a setting', setDelay, 'critical'],
    ['whitelists a domain', openDomain, 'critical'],
    ['stops an agent', stopCmo, 'major'],
    ['starts an agent', startCmo, 'major'],
  ])('by default, when it %s, is at least as grave as that deserves', (_name, action, atLeast) => {
    for (const tier of tierOrder) {
      const given = tierOf(proposal({ tier, onApprove: [giveWork, action] }), defaultDecisionPolicy);
      expect(gravity(given)).toBe(Math.max(gravity(tier), gravity(atLeast)));
    }
  });
});
