import { describe, expect, it } from 'vitest';
import { secretSchema, secretsSchema } from '../../src/contracts/secret.ts';
import { readConfig } from '../../src/orchestrator/config.ts';
import { injectionFor, masked, missingOf, variablesFor } from '../../src/orchestrator/secrets/rules.ts';

const github = secretSchema.parse({ name: 'GITHUB', domain: 'api.github.com' });
const keyed = secretSchema.parse({ name: 'KEYED', domain: 'api.keyed.dev', header: 'X-Key', format: 'k={}' });
const house = secretSchema.parse({ name: 'HOUSE', domain: 'wiki.corp.dev:8443' });
const given = secretSchema.parse({ name: 'GIVEN', env: 'GIVEN_KEY' });
const secrets = [github, keyed, house, given];
const values: Readonly<Record<string, string>> = { GITHUB: 'gh', KEYED: '$&', HOUSE: 'hs', GIVEN: 'env-value' };
const secretOf = (name: string) => values[name];

describe('a secret for a host', () => {
  it.each([
    ['https', 'api.github.com', 443, { authorization: 'Bearer gh' }],
    ['http', 'api.github.com', 80, { authorization: 'Bearer gh' }],
    ['https', 'api.keyed.dev', 443, { 'x-key': 'k=$&' }],
    ['https', 'wiki.corp.dev', 8443, { authorization: 'Bearer hs' }],
    ['http', 'wiki.corp.dev', 8443, { authorization: 'Bearer hs' }],
    ['https', 'wiki.corp.dev', 443, {}],
    ['http', 'wiki.corp.dev', 80, {}],
    ['https', 'api.github.com', 8443, {}],
    ['https', 'api.github.com', 80, {}],
    ['http', 'api.github.com', 443, {}],
    ['https', 'github.com', 443, {}],
    ['https', 'evil.api.github.com', 443, {}],
  ] as const)('to %s://%s:%i is sent %j', (scheme, host, port, headers) => {
    expect(injectionFor(secrets, { scheme, host, port }, secretOf)).toEqual({ kind: 'headers', headers });
  });

  it('stops the request when it has no value', () => {
    const to = { scheme: 'https', host: 'api.github.com', port: 443 } as const;
    expect(injectionFor(secrets, to, () => undefined)).toEqual({ kind: 'missing', name: 'GITHUB' });
  });

  it.each([
    ['a header of the connection', { name: 'A', domain: 'a.dev', header: 'Host' }],
    ['a header that breaks the line', { name: 'A', domain: 'a.dev', header: 'X\r\nY' }],
    ['a format that breaks the line', { name: 'A', domain: 'a.dev', format: '{}\r\nX: y' }],
    ['a format without a place', { name: 'A', domain: 'a.dev', format: 'Bearer' }],
    ['a whole zone', { name: 'A', domain: '*.a.dev' }],
    ['no port', { name: 'A', domain: 'a.dev:' }],
    ['port 0', { name: 'A', domain: 'a.dev:0' }],
    ['a port that is none', { name: 'A', domain: 'a.dev:65536' }],
    ['a variable of ours', { name: 'A', env: 'BOARDROOM_TOKEN' }],
    ['a variable that runs code', { name: 'A', env: 'LD_PRELOAD' }],
    ['a host and a variable', { name: 'A', env: 'B', domain: 'a.dev' }],
  ])('with %s is refused', (_what, secret) => {
    expect(secretSchema.safeParse(secret).success).toBe(false);
  });
});

describe('the secrets of a role', () => {
  const [one, other] = [{ name: 'ONE' }, { name: 'OTHER' }];
  const host = (domain: string, header = 'Authorization') => ({ domain, header });

  it.each([
    ['the same header of one host', host('a.dev'), host('a.dev'), 'header'],
    ['the same header in other letters', host('a.dev'), host('a.dev', 'AUTHORIZATION'), 'header'],
    ['the same header by port and without', host('a.dev'), host('a.dev:443'), 'header'],
    ['the same variable', { env: 'KEY' }, { env: 'KEY' }, 'env'],
  ])('do not fill %s twice, and the refusal says which', (_what, first, second, field) => {
    const { error } = secretsSchema.safeParse([
      { ...one, ...first },
      { ...other, ...second },
    ]);
    expect(error?.issues).toMatchObject([
      { path: [1, field], message: expect.stringMatching(/gets ONE already.*not OTHER too/) },
    ]);
  });

  it.each([
    ['two headers of one host', host('a.dev'), host('a.dev', 'X-Key')],
    ['one header of two hosts', host('a.dev'), host('b.dev')],
    ['one header at two ports', host('a.dev'), host('a.dev:8443')],
    ['a header and a variable', host('a.dev'), { env: 'KEY' }],
    ['two variables', { env: 'KEY' }, { env: 'YEK' }],
  ])('may fill %s', (_what, first, second) => {
    const both = [
      { ...one, ...first },
      { ...other, ...second },
    ];
    expect(secretsSchema.safeParse(both).success).toBe(true);
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
  expect(missingOf(secrets, (name) => (name === 'KEYED' ? 'x' : undefined))).toEqual(['GITHUB', 'HOUSE', 'GIVEN']);
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
