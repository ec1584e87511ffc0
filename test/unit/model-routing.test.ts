import { describe, expect, it } from 'vitest';
import { defaultModelRoutes } from '../../src/contracts/model.ts';
import { type RoutingInput, route } from '../../src/orchestrator/models/routing.ts';

const input: RoutingInput = {
  asked: 'default',
  role: 'cmo',
  taskType: undefined,
  strategy: 'claude-only',
  routes: defaultModelRoutes,
  defaultModel: null,
  enableFallback: false,
  prices: {},
  available: new Set(['anthropic', 'openai']),
};
const names = (change: Partial<RoutingInput>) => {
  const routing = route({ ...input, ...change });
  return routing.ok ? routing.models.map(({ provider, model }) => `${provider}/${model}`) : routing.because;
};
const only = (...providers: string[]) => ({ available: new Set(providers) });
const own = {
  default: ['openai/gpt-5.6-terra', 'anthropic/claude-haiku-4-5'],
  cmo: ['openai/gpt-5-mini'],
  code: ['openai/gpt-4.1'],
};

describe('a call finds its models', () => {
  it.each<[string, Partial<RoutingInput>, readonly string[]]>([
    ['claude-only: the first Claude of the route', {}, ['anthropic/claude-sonnet-5-5']],
    ['claude-only: by role', { role: 'ceo' }, ['anthropic/claude-opus-5-5']],
    ['claude-only: though others are cheaper', { routes: own }, ['anthropic/claude-haiku-4-5']],
    ['agent-role: the role’s list', { strategy: 'agent-role', routes: own }, ['openai/gpt-5-mini']],
    [
      'agent-role: the default list for others',
      { strategy: 'agent-role', routes: own, role: 'cto' },
      ['openai/gpt-5.6-terra'],
    ],
    ['task-type: the task’s list', { strategy: 'task-type', routes: own, taskType: 'code' }, ['openai/gpt-4.1']],
    [
      'task-type: no list of that name',
      { strategy: 'task-type', routes: own, taskType: 'toString' },
      ['openai/gpt-5.6-terra'],
    ],
    ['cheapest: by price', { strategy: 'cheapest', routes: own }, ['openai/gpt-5-mini']],
    [
      'cheapest: by the operator’s prices',
      {
        strategy: 'cheapest',
        routes: own,
        prices: { 'openai/gpt-4.1': { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, maxOutput: 1 } },
      },
      ['openai/gpt-4.1'],
    ],
    ['fallback: all of the default list', { strategy: 'fallback', routes: own }, own.default],
    [
      'the default model goes first',
      { strategy: 'fallback', defaultModel: 'openai/gpt-4o', routes: own },
      ['openai/gpt-4o', ...own.default],
    ],
    [
      'with fallback: the others behind',
      { strategy: 'agent-role', routes: own, role: 'cto', enableFallback: true },
      own.default,
    ],
    ['only of providers that are set up', { strategy: 'fallback', ...only('openai') }, ['openai/gpt-5.6-terra']],
    ['by full name', { asked: 'openai/gpt-9' }, ['openai/gpt-9']],
    [
      'by full name, with fallback',
      { asked: 'openai/gpt-9', routes: own, enableFallback: true },
      ['openai/gpt-9', ...own.default],
    ],
    [
      'by the name its maker gave it',
      { asked: 'claude-sonnet-4-5-20250929' },
      ['anthropic/claude-sonnet-4-5-20250929'],
    ],
    ['by a route’s name', { asked: 'code', routes: own }, ['openai/gpt-4.1']],
    ['a name with slashes', { asked: 'openrouter/meta/llama-4', ...only('openrouter') }, ['openrouter/meta/llama-4']],
    ['the rehearsal, when asked for', { asked: 'rehearsal' }, ['rehearsal/rehearsal']],
    ['the rehearsal, without any provider', only(), ['rehearsal/rehearsal']],
    ['the rehearsal, whatever is insisted on', { asked: 'gpt-5', ...only() }, ['rehearsal/rehearsal']],
  ])('%s', (_what, change, expected) => {
    expect(names(change)).toEqual(expected);
  });

  it.each<[string, Partial<RoutingInput>, string]>([
    ['claude-only without Anthropic', only('openai'), 'ANTHROPIC_API_KEY'],
    ['a provider that is not set up', { asked: 'gemini/gemini-2.5-pro' }, 'set up: anthropic, openai'],
    ['a name that is none', { asked: 'llama' }, 'provider/model'],
    ['a prototype’s key', { asked: '__proto__' }, 'provider/model'],
    ['control characters', { asked: 'gpt-\n5' }, 'provider/model'],
  ])('or words that say why not: %s', (_what, change, because) => {
    expect(names(change)).toContain(because);
  });
});
