import { describe, expect, it } from 'vitest';
import { secretSchema } from '../../src/contracts/secret.ts';
import { readConfig } from '../../src/orchestrator/config.ts';
import { injectionFor, masked, missingOf, variablesFor } from '../../src/orchestrator/secrets/rules.ts';

const github = secretSchema.parse({ name: 'GITHUB', domain: 'api.github.com' });
const keyed = secretSchema.parse({ name: 'KEYED', domain: 'api.keyed.dev', header: 'X-Key', format: 'k={}' });
const given = secretSchema.parse({ name: 'GIVEN', env: 'GIVEN_KEY' });
const secrets = [github, keyed, given];
const values: Readonly<Record<string, string>> = { GITHUB: 'gh', KEYED: '$&', GIVEN: 'env-value' };
const secretOf = (name: string) => values[name];

describe('a secret for a host', () => {
  it.each([
    ['api.github.com', { authorization: 'Bearer gh' }],
    ['api.keyed.dev', { 'x-key': 'k=$&' }],
    ['github.com', {}],
    ['evil.api.github.com', {}],
  ])('to %s is sent %j', (host, headers) => {
    expect(injectionFor(secrets, host, secretOf)).toEqual({ kind: 'headers', headers });
  });

  it('stops the request when it has no value', () => {
    expect(injectionFor(secrets, 'api.github.com', () => undefined)).toEqual({ kind: 'missing', name: 'GITHUB' });
  });

  it.each([
    ['a header of the connection', { name: 'A', domain: 'a.dev', header: 'Host' }],
    ['a header that breaks the line', { name: 'A', domain: 'a.dev', header: 'X\r\nY' }],
    ['a format that breaks the line', { name: 'A', domain: 'a.dev', format: '{}\r\nX: y' }],
    ['a format without a place', { name: 'A', domain: 'a.dev', format: 'Bearer' }],
    ['a whole zone', { name: 'A', domain: '*.a.dev' }],
    ['a variable of ours', { name: 'A', env: 'BOARDROOM_TOKEN' }],
    ['a variable that runs code', { name: 'A', env: 'LD_PRELOAD' }],
    ['a host and a variable', { name: 'A', env: 'B', domain: 'a.dev' }],
  ])('with %s is refused', (_what, secret) => {
    expect(secretSchema.safeParse(secret).success).toBe(false);
  });
});

describe('a secret for the environment', () => {
  it('is the only kind that is given there, and only with a value', () => {
    expect(variablesFor(secrets, secretOf)).toEqual({ GIVEN_KEY: 'env-value' });
    expect(variablesFor(secrets, () => undefined)).toEqual({});
  });
});

it('what an agent says is shown without any of them', () => {
  expect(masked('gh and env-value, twice: env-value', secrets, secretOf)).toBe('[GITHUB] and [GIVEN], twice: [GIVEN]');
});

it('those without a value are known by name', () => {
  expect(missingOf(secrets, (name) => (name === 'KEYED' ? 'x' : undefined))).toEqual(['GITHUB', 'GIVEN']);
});

describe('the configuration', () => {
  it('takes the values from variables of their own, an empty one for none', () => {
    const { secrets } = readConfig({ BOARDROOM_SECRET_A: 'hush x y', BOARDROOM_SECRET_B: '' });
    expect(secrets).toEqual(new Map([['A', 'hush x y']]));
  });

  it.each([
    ['no header can hold', 'hush\nX: y12345'],
    ['masking would find in the middle of words', 'hush123'],
  ])('refuses a value that %s, without showing it', (_why, value) => {
    const read = () => readConfig({ BOARDROOM_SECRET_A: value });
    expect(read).toThrow(/^BOARDROOM_SECRET_A: its value is not allowed/);
    expect(read).not.toThrow(/hush/);
  });
});
