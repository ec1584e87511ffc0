import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/contracts/errors.ts';
import { defaultDecisionPolicy } from '../../src/contracts/policy.ts';
import { type JsonValue, jsonValue } from '../../src/contracts/primitives.ts';
import { type SettingName, settingsRegistry } from '../../src/contracts/settings.ts';
import { checkSetting, splitName } from '../../src/orchestrator/settings/rules.ts';
import { createSettingsView } from '../../src/orchestrator/settings/view.ts';

const names = Object.keys(settingsRegistry) as SettingName[];

function refusalOf(category: string, key: string, value: JsonValue): AppError {
  try {
    checkSetting(category, key, value);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`${category}.${key} was accepted`);
}

describe('a setting’s name', () => {
  it.each(names)('%s is put together again from its category and key', (name) => {
    const { category, key } = splitName(name);
    expect(`${category}.${key}`).toBe(name);
    expect(category).not.toContain('.');
  });
});

describe('a registered setting', () => {
  it.each(names)('%s accepts its own default', (name) => {
    const { category, key } = splitName(name);
    const value = jsonValue.parse(settingsRegistry[name].default);
    expect(checkSetting(category, key, value)).toEqual(value);
  });

  it.each([1, 1_800, 2_592_000])('agents.loop_interval_<role> accepts %i seconds', (value) => {
    expect(checkSetting('agents', 'loop_interval_cmo', value)).toBe(value);
  });
});

describe('an unknown setting', () => {
  it.each([
    ['queue', 'delay_whenever'],
    ['cue', 'delay_high'],
    ['', ''],
    ['queue', ''],
    ['queue.delay_high', ''],
    ['QUEUE', 'delay_high'],
    ['constructor', 'name'],
    ['__proto__', 'toString'],
    ['agents', 'loop_interval_'],
    ['agents', 'loop_interval_CMO'],
    ['agents', 'loop_interval_system'],
    ['agents', 'loop_interval_cmo; drop table settings'],
    ['queue', 'loop_interval_cmo'],
  ])('%j.%j is not found, whatever the value', (category, key) => {
    const error = refusalOf(category, key, 5_000);
    expect(error.code).toBe('setting_not_found');
    expect(error.message).toBe(`There is no setting ${category}.${key}`);
  });
});

describe('a value that is not allowed', () => {
  const { tiers } = defaultDecisionPolicy;
  const policyWith = (major: Record<string, JsonValue>): JsonValue =>
    jsonValue.parse({ ...defaultDecisionPolicy, tiers: { ...tiers, major: { ...tiers.major, ...major } } });

  it.each<[string, string, JsonValue, string]>([
    ['queue', 'delay_high', -1, 'value'],
    ['queue', 'delay_high', 0.5, 'value'],
    ['queue', 'delay_high', '5000', 'value'],
    ['queue', 'delay_high', null, 'value'],
    ['queue', 'delay_high', 86_400_001, 'value'],
    ['decisions', 'max_rounds', 0, 'value'],
    ['decisions', 'max_rounds', 11, 'value'],
    ['tasks', 'max_concurrent_per_agent', 0, 'value'],
    ['agents', 'loop_interval_cmo', 0, 'value'],
    ['agents', 'loop_interval_cmo', 2_592_001, 'value'],
    ['decisions', 'policy', {}, 'value.tiers'],
    ['decisions', 'policy', policyWith({ deadline: -5 }), 'value.tiers.major.deadline'],
    ['decisions', 'policy', policyWith({ voters: ['ceo', 'The DAO'] }), 'value.tiers.major.voters.1'],
    ['decisions', 'policy', policyWith({ atDeadline: 'shrug' }), 'value.tiers.major.atDeadline'],
    ['decisions', 'policy', policyWith({ chair: 'ceo' }), 'value.tiers.major'],
    [
      'decisions',
      'policy',
      jsonValue.parse({ ...defaultDecisionPolicy, raise: [{ when: {}, atLeast: 'grave' }] }),
      'value.raise.0.atLeast',
    ],
  ])('of %s.%s, %j, names the field and what is wrong with it', (category, key, value, path) => {
    const error = refusalOf(category, key, value);
    expect(error.code).toBe('invalid_request');
    expect(error.message).toBe(`The value of ${category}.${key} is not allowed`);
    expect(error.issues.map((issue) => issue.path)).toContain(path);
    for (const { message } of error.issues) expect(message).not.toBe('');
  });

  it('names every field that is wrong, not the first alone', () => {
    const { issues } = refusalOf('decisions', 'policy', policyWith({ deadline: 0, atDeadline: 'x' }));
    expect(issues.map(({ path }) => path)).toEqual(['value.tiers.major.deadline', 'value.tiers.major.atDeadline']);
  });
});

describe('the settings in memory', () => {
  it('follow the log, and know nothing any more of what was taken back', () => {
    const view = createSettingsView([{ category: 'budgets', key: 'cmo', value: { daily: { calls: 1 } } }]);
    const change = { category: 'budgets', key: 'cmo', value: { monthly: { usd: 20 } } };
    view.follow({ eventType: 'setting_changed', payload: change });
    expect(view.stored('budgets', 'cmo')).toEqual(change.value);
    // The value is that of the profile, which may be another tomorrow.
    view.follow({ eventType: 'setting_changed', payload: { ...change, reset: true } });
    expect(view.stored('budgets', 'cmo')).toBeUndefined();
  });
});
