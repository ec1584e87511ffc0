import { describe, expect, it } from 'vitest';
import { systemChance as chance } from '../../src/orchestrator/platform/identity.ts';
import { createSealer } from '../../src/orchestrator/platform/sealing.ts';
import { createSecretKeeper } from '../../src/orchestrator/secrets/keeper.ts';

const sealer = createSealer('a key', chance);

describe('what is sealed', () => {
  it.each(['', 'hush', 'Größe ✓'.repeat(500)])('opens under its key and for its purpose: %j', (text) => {
    expect(sealer.open(sealer.seal(text, 'secrets.A'), 'secrets.A')).toBe(text);
  });

  it('does not show the text, nor that two are the same', () => {
    const [one, two] = [sealer.seal('hush-hush', 'a'), sealer.seal('hush-hush', 'a')];
    expect(one).not.toBe(two);
    expect(Buffer.from(one.slice('sealed.v1.'.length), 'base64url').toString('latin1')).not.toContain('hush');
  });

  const sealed = sealer.seal('hush', 'secrets.A');
  it.each([
    ['under another key', () => createSealer('another', chance).open(sealed, 'secrets.A')],
    ['in another’s place', () => sealer.open(sealed, 'secrets.B')],
    ['when a bit of it was changed', () => sealer.open(`${sealed.slice(0, -3)}AAA`, 'secrets.A')],
    ['when it is cut', () => sealer.open(sealed.slice(0, 30), 'secrets.A')],
    ['when it was never sealed', () => sealer.open('hush', 'secrets.A')],
  ])('does not open %s', (_when, open) => {
    expect(open()).toBeUndefined();
  });
});

describe('the keeper of secrets', () => {
  const changed = { eventType: 'setting_changed' as const, payload: { category: 'secrets', key: 'A', value: '***' } };

  it('lends what operators set before what the environment holds, and follows each change', async () => {
    let stored = new Map([['A', 'set-value']]);
    const environment = new Map([
      ['A', 'environment-a'],
      ['B', 'environment-b'],
    ]);
    const keeper = await createSecretKeeper({
      environment,
      read: async () => stored,
      onError: (error) => expect.fail(String(error)),
    });
    expect(['A', 'B', 'C'].map(keeper.secretOf)).toEqual(['set-value', 'environment-b', undefined]);
    stored = new Map();
    keeper.follow({ eventType: 'setting_changed', payload: { category: 'queue' } });
    await keeper.settled();
    expect(keeper.secretOf('A')).toBe('set-value');
    keeper.follow(changed);
    await keeper.settled();
    expect(keeper.secretOf('A')).toBe('environment-a');
  });

  it('that could not read a change reads it with the next event of any kind', async () => {
    let isAway = false;
    let stored = 'first-value';
    const read = async () => {
      if (isAway) throw new Error('the database is away');
      return new Map([['A', stored]]);
    };
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    const keeper = await createSecretKeeper({ environment: new Map(), read, onError });
    [isAway, stored] = [true, 'second-value'];
    keeper.follow(changed);
    await keeper.settled();
    expect([keeper.secretOf('A'), errors.length]).toEqual(['first-value', 1]);
    isAway = false;
    keeper.follow({ eventType: 'task_created', payload: {} });
    await keeper.settled();
    expect(keeper.secretOf('A')).toBe('second-value');
  });
});
