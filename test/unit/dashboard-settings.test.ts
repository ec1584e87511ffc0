import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { channelOf, emptyChannel, isWhole } from '../../dashboard/src/pages/settings/channel-fields.ts';
import { germanDescription } from '../../dashboard/src/pages/settings/german.ts';
import {
  draftOf,
  durationOf,
  isFound,
  type JsonSchema,
  kindOf,
  valueOfDraft,
} from '../../dashboard/src/pages/settings/kinds.ts';
import { refusalOf } from '../../dashboard/src/pages/settings/refusal.ts';
import { CallError } from '../../src/contracts/client.ts';
import { newChannelSchema } from '../../src/contracts/notification.ts';
import { jsonValue } from '../../src/contracts/primitives.ts';
import { settingsRegistry } from '../../src/contracts/settings.ts';

const rows = Object.entries(settingsRegistry);
const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;

describe('the field of a setting', () => {
  it.each([
    ['queue.delay_high', { kind: 'number', min: 0, max: 86_400_000 }],
    ['llm.enable_fallback', { kind: 'switch' }],
    ['llm.routing_strategy', { kind: 'choice', options: expect.arrayContaining(['cheapest']) }],
    ['llm.default_model', { kind: 'text', blank: null }],
    ['knowledge.embedding_model', { kind: 'text', blank: '' }],
    ['knowledge.embedding_query_prefix', { kind: 'verbatim' }],
    ['decisions.policy', { kind: 'json' }],
    ['llm.prices', { kind: 'json' }],
  ] as const)('of %s is that of its schema', (name, kind) => {
    expect(kindOf(schemaOf(settingsRegistry[name].schema))).toEqual(kind);
  });

  it.each(rows)('%s gives back the default as it was', (_name, { schema, default: given }) => {
    const value = jsonValue.parse(given);
    const kind = kindOf(schemaOf(schema));
    expect(valueOfDraft(kind, draftOf(kind, value))).toEqual({ value });
  });

  it.each([
    [{ kind: 'number', min: 0, max: 9 } as const, 'ten', { problem: 'not_number' }],
    [{ kind: 'number', min: 0, max: 9 } as const, '1e3', { problem: 'not_number' }],
    [{ kind: 'json' } as const, '{', { problem: 'not_json' }],
    [{ kind: 'text', blank: null } as const, ' ', { value: null }],
    [{ kind: 'text', blank: '' } as const, ' ', { value: '' }],
    [{ kind: 'text', blank: '' } as const, ' openai/x ', { value: 'openai/x' }],
    [{ kind: 'verbatim' } as const, 'query: ', { value: 'query: ' }],
  ])('%j says of %j: %j', (kind, draft, read) => expect(valueOfDraft(kind, draft)).toEqual(read));
});

describe('a refused value', () => {
  it('is told place by place, in the words of the orchestrator', () => {
    const errors = [
      { path: 'value', message: 'too small' },
      { path: 'value.monthly.usd', message: 'must be a number' },
    ];
    expect(refusalOf(new CallError('invalid_request', 'not allowed', { errors }))).toBe(
      'too small · monthly.usd: must be a number',
    );
    expect(refusalOf(new CallError('unreachable', 'nobody answers'))).toBeUndefined();
  });
});

describe('a duration', () => {
  it.each([
    [0, 'ms', '0 s'],
    [500, 'ms', '500 ms'],
    [90_000, 'ms', '1 min 30 s'],
    [5_400, 's', '1 h 30 min'],
    [90, 'days', '90 d'],
    [1_500, 'ms', '1 s 500 ms'],
  ] as const)('%i %s is %s', (value, unit, words) => expect(durationOf(value, unit)).toBe(words));
});

describe('the search', () => {
  const entry = {
    ...{ category: 'budgets', key: 'cmo', description: '', unit: null, schema: 'budgets', default: {}, value: {} },
    ...{ secret: false, agents: ['cmo'], inEnvironment: false, note: 'Until June', changedAt: null, changedBy: null },
  };
  it.each([
    ['', true],
    ['budgets', true],
    ['CMO june', true],
    ['spent thinking', true],
    ['cmo july', false],
  ])('%j finds it: %s', (query, isIt) => expect(isFound(entry, 'What may be spent on thinking', query)).toBe(isIt));
});

describe('what a setting is for', () => {
  it.each(rows)('%s is said in German', (schema) => expect(germanDescription({ schema })).toBeTruthy());
});

describe('a channel', () => {
  const draft = { ...emptyChannel, name: ' ops ' };

  it.each([
    ['webhook', { url: 'https://example.com/hook', secret: '' }],
    ['slack', { url: 'https://hooks.slack.com/x' }],
    ['telegram', { botToken: `12345:${'a'.repeat(30)}`, chatId: '-100' }],
    ['email', { host: 'mail.example.com', port: '25', from: 'a@example.com', to: 'b@example.com, c@example.com' }],
  ] as const)('of the kind %s becomes what the API takes', (kind, texts) => {
    const whole = { ...draft, kind, texts };
    expect(isWhole(whole)).toBe(true);
    expect(newChannelSchema.parse(channelOf(whole))).toMatchObject({ name: 'ops', target: { kind } });
    expect(isWhole({ ...whole, texts: {} })).toBe(false);
  });

  it.each([
    ['normal', ['critical', 'high', 'normal']],
    ['high', ['critical', 'high']],
    ['critical', ['critical']],
  ] as const)('that tells of %s and above is told of %j', (least, severities) => {
    expect(channelOf({ ...draft, least }).severities).toEqual(severities);
  });
});
