import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/contracts/primitives.ts';
import { narrowingSchema, type Permissions } from '../../src/contracts/profile.ts';
import { narrowed, wideningsOf } from '../../src/orchestrator/gateway/permissions.ts';

const permissions: Permissions = {
  tools: ['read_inbox', 'vote', 'create_task'],
  propose: ['minor', 'major'],
  assign: ['cto', 'cco'],
};

describe('what is left of a profile’s permissions', () => {
  it.each<[string, JsonValue | undefined, Partial<Permissions>]>([
    ['all of them, where the operator says nothing', undefined, {}],
    ['all of them, where the operator takes nothing away', {}, {}],
    ['some tools', { tools: ['vote'] }, { tools: ['vote'] }],
    ['no tool', { tools: [] }, { tools: [] }],
    ['some tiers', { propose: ['minor'] }, { propose: ['minor'] }],
    ['some assignees', { assign: ['cto'] }, { assign: ['cto'] }],
    ['nobody to assign to', { assign: [] }, { assign: [] }],
    ['never a tool that the profile leaves out', { tools: ['vote', 'send_message'] }, { tools: ['vote'] }],
    ['never a tier that the profile leaves out', { propose: ['critical'] }, { propose: [] }],
    ['never an assignee that the profile leaves out', { assign: ['ceo', 'cco'] }, { assign: ['cco'] }],
    ['never everyone', { assign: 'everyone' }, {}],
    ['nothing at all, where what is stored makes no sense', { tools: ['fly'] }, { tools: [], propose: [], assign: [] }],
  ])('is %s', (_what, setting, left) => {
    expect(narrowed(permissions, setting)).toEqual({ ...permissions, ...left });
  });

  it('is a list of assignees, where the profile lets it assign to everyone', () => {
    const generous = { ...permissions, assign: 'everyone' as const };
    expect(narrowed(generous, { assign: ['cto'] }).assign).toEqual(['cto']);
    expect(narrowed(generous, { assign: 'everyone' }).assign).toBe('everyone');
  });
});

describe('a narrowing that asks for more', () => {
  const budgets = { monthly: { usd: 20 }, daily: { calls: 100 } };
  const widenings = (asked: JsonValue, assign: Permissions['assign'] = permissions.assign) =>
    wideningsOf({ permissions: { ...permissions, assign }, budgets }, narrowingSchema.parse(asked)).map(({ path }) =>
      path.join('.'),
    );

  it.each<[JsonValue, string[]]>([
    [{}, []],
    [{ tools: ['vote'], propose: ['minor'], assign: ['cto'], budgets: { monthly: { usd: 20 } } }, []],
    [{ tools: ['vote', 'recall'] }, ['tools.1']],
    [{ propose: ['operational', 'minor', 'critical'] }, ['propose.0', 'propose.2']],
    [{ assign: ['cto', 'ceo'] }, ['assign.1']],
    [{ assign: 'everyone' }, ['assign']],
    [{ budgets: { monthly: { usd: 20.000001 } } }, ['budgets.monthly.usd']],
    // Where the profile sets no limit, any limit is less.
    [{ budgets: { monthly: { tokens: 1_000 }, daily: { usd: 500 } } }, []],
  ])('%j is told where: %j', (asked, paths) => expect(widenings(asked)).toEqual(paths));

  it('cannot be one, where the profile lets it assign to everyone', () => {
    expect(widenings({ assign: ['ceo'] }, 'everyone')).toEqual([]);
    expect(widenings({ assign: 'everyone' }, 'everyone')).toEqual([]);
  });
});
