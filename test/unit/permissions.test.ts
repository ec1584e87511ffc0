import { describe, expect, it } from 'vitest';
import { tierOrder } from '../../src/contracts/policy.ts';
import type { Permissions } from '../../src/contracts/profile.ts';
import { type ToolName, toolNames } from '../../src/contracts/tools.ts';
import { rule } from '../../src/orchestrator/gateway/permissions.ts';

const permissions = (parts: Partial<Permissions> = {}): Permissions => ({
  tools: [...toolNames],
  propose: [],
  assign: [],
  ...parts,
});

/** The two tools whose input matters to the profile. */
const inputOf: Partial<Record<ToolName, object>> = {
  propose_decision: { title: 'x', description: '', tier: 'minor', onApprove: [] },
  create_task: { title: 'x', description: '', assignTo: 'cto', priority: 'normal' },
};

describe('a tool', () => {
  it.each(toolNames)('%s is refused when the profile lists every other tool', (tool) => {
    const others = toolNames.filter((name) => name !== tool);
    const generous = permissions({ tools: others, propose: [...tierOrder], assign: 'everyone' });
    expect(rule(generous, tool, inputOf[tool] ?? {})).toEqual({
      allowed: false,
      because: `its permissions do not list the tool ${tool}`,
    });
  });

  it.each(toolNames)('%s is allowed when the profile lists it and what its input asks for', (tool) => {
    const just = permissions({ tools: [tool], propose: ['minor'], assign: ['cto'] });
    expect(rule(just, tool, inputOf[tool] ?? {})).toEqual({ allowed: true });
  });
});

describe('a proposal', () => {
  const propose = (tier: string, allowed: Permissions['propose']) =>
    rule(permissions({ propose: allowed }), 'propose_decision', { ...inputOf.propose_decision, tier });

  it.each(tierOrder.flatMap((tier) => tierOrder.map((only) => ({ tier, only }))))(
    'of tier $tier by an agent that may propose $only only',
    ({ tier, only }) => expect(propose(tier, [only]).allowed).toBe(tier === only),
  );

  it('is refused in words that name what the profile allows', () => {
    expect(propose('critical', ['minor', 'major'])).toEqual({
      allowed: false,
      because: 'its permissions let it propose: minor, major; not critical',
    });
    expect(propose('minor', [])).toMatchObject({ because: 'its permissions let it propose: none; not minor' });
  });
});

describe('a proposal that acts', () => {
  const giveWork = { kind: 'create_task', task: { title: 'x', description: '', assignTo: 'cto', priority: 'normal' } };
  const startCto = { kind: 'start_agent', agentType: 'cto' };

  it.each<[string, object[], Permissions['assign'], boolean]>([
    // Nobody is asked about it: then it does nothing that its proposer may not do.
    ['operational', [giveWork], ['cto'], true],
    ['operational', [giveWork], ['cmo'], false],
    ['operational', [giveWork], 'everyone', true],
    ['operational', [giveWork, startCto], 'everyone', false],
    ['operational', [], [], true],
    // Somebody is asked: the approval is theirs to give.
    ['minor', [giveWork, startCto], [], true],
    ['critical', [startCto], [], true],
  ])('as %s, with %j, by an agent that may assign to %j: %s', (tier, onApprove, assign, result) => {
    const generous = permissions({ propose: [...tierOrder], assign });
    expect(rule(generous, 'propose_decision', { ...inputOf.propose_decision, tier, onApprove }).allowed).toBe(result);
  });
});

describe('an assignment', () => {
  const assign = (assignTo: string, allowed: Permissions['assign']) =>
    rule(permissions({ assign: allowed }), 'create_task', { ...inputOf.create_task, assignTo });

  it.each<[string, Permissions['assign'], boolean]>([
    ['cto', ['cto'], true],
    ['cto', ['cmo', 'cto'], true],
    ['cto', 'everyone', true],
    ['cto', ['cmo'], false],
    ['cto', [], false],
    // A role, not a wish: only the word itself, outside a list, means everyone.
    ['everyone', ['cto'], false],
    ['cto', ['everyone'], false],
    ['ct', ['cto'], false],
  ])('to %s by an agent that may assign to %j: %s', (assignTo, allowed, result) => {
    expect(assign(assignTo, allowed).allowed).toBe(result);
  });

  it('is refused in words that name whom the profile allows', () => {
    expect(assign('ceo', ['cto', 'coo'])).toEqual({
      allowed: false,
      because: 'its permissions let it give tasks to: cto, coo; not ceo',
    });
    expect(assign('ceo', [])).toMatchObject({ because: 'its permissions let it give tasks to: nobody; not ceo' });
  });
});
