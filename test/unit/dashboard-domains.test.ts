import { domainToUnicode } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { unicodeOf } from '../../dashboard/src/pages/domains/idn.ts';
import { isCovered, isName, slotsOf } from '../../dashboard/src/pages/domains/slots.ts';

describe('an international name', () => {
  test.each([
    'xn--bcher-kva.de',
    'xn--80ak6aa92e.com',
    'xn--mgbh0fb.xn--kgbechtv',
    'xn--fiqs8s',
    'shop.xn--strae-oqa.de',
  ])('%s is read as the platform reads it', (domain) => {
    expect(unicodeOf(domain)).toBe(domainToUnicode(domain));
  });

  it('keeps the star before it', () => {
    expect(unicodeOf('*.xn--bcher-kva.de')).toBe('*.bücher.de');
  });

  test.each(['example.com', '*.example.com', 'xn--', 'xn--!!!.com', 'xn--99999999999.com', 'xn--a-0.com'])(
    '%s has nothing to show beside it',
    (domain) => expect(unicodeOf(domain)).toBeUndefined(),
  );

  it('with signs that are not seen or that turn the writing is not shown', () => {
    // "a", then U+202E, right-to-left override, or U+200B, zero-width space; then "b".
    expect(unicodeOf('xn--ab-g4t.com')).toBeUndefined();
    expect(unicodeOf('xn--ab-g1t.com')).toBeUndefined();
  });
});

describe('counts over time', () => {
  it('have a slot for each hour or day up to now, the empty ones too', () => {
    const now = Date.parse('2030-01-03T10:30:00Z');
    const counts = [{ at: '2030-01-02T00:00:00.000Z', count: 3 }];
    expect(slotsOf(counts, { by: 'day', slots: 3, now })).toEqual([
      { at: Date.parse('2030-01-01T00:00:00Z'), count: 0 },
      { at: Date.parse('2030-01-02T00:00:00Z'), count: 3 },
      { at: Date.parse('2030-01-03T00:00:00Z'), count: 0 },
    ]);
    expect(slotsOf([], { by: 'hour', slots: 24, now }).at(-1)?.at).toBe(Date.parse('2030-01-03T10:00:00Z'));
  });
});

describe('a host', () => {
  test.each([
    ['api.example.com', true],
    ['a.wild.test', true],
    ['a.b.wild.test', true],
    ['wild.test', false],
    ['example.com', false],
    ['notwild.test', false],
  ])('%s is covered: %s', (host, expected) => {
    expect(isCovered(new Set(['api.example.com', '*.wild.test']), host)).toBe(expected);
  });

  it('can be allowed when it is a name', () => {
    expect(['a.test', '10.0.0.1', '[::1]', 'a b', 'fe80::1'].map(isName)).toEqual([true, false, false, false, false]);
  });
});
