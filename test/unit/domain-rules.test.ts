import { describe, expect, it, test } from 'vitest';
import { assess, entryFor, hostOf, normaliseDomain } from '../../src/orchestrator/domains/rules.ts';

describe('a domain is kept', () => {
  it.each([
    ['example.com', 'example.com'],
    ['API.Example.COM', 'api.example.com'],
    [' example.com ', 'example.com'],
    ['example.com.', 'example.com'],
    ['*.example.com', '*.example.com'],
    ['*.Example.com.', '*.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['a.b.c.d.example.co.uk', 'a.b.c.d.example.co.uk'],
    ['_dmarc.example.com', '_dmarc.example.com'],
    ['me.github.io', 'me.github.io'],
    ['files.example.test', 'files.example.test'],
  ])('%s as %s', (given, domain) => expect(normaliseDomain(given, 'api')).toEqual({ ok: true, domain }));

  it('of one label only where it is internal, and then itself alone', () => {
    expect(normaliseDomain('intranet', 'internal')).toEqual({ ok: true, domain: 'intranet' });
    expect(normaliseDomain('intranet', 'api').ok).toBe(false);
    expect(normaliseDomain('*.intranet', 'internal').ok).toBe(false);
  });
});

describe('refused is', () => {
  it.each([
    ['a whole suffix', ['com', 'co.uk', '*.com', '*.co.uk', 'github.io', '*.github.io', 'CO.UK.']],
    ['an address', ['127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', '[::1]', '::1', '[::ffff:10.0.0.1]', '1.1']],
    ['a URL', ['https://example.com', '//example.com', 'example.com/path', 'example.com?x', 'example.com#x']],
    ['a port or a user', ['example.com:443', 'user@example.com', 'user:pass@example.com']],
    ['another wildcard', ['*', '*.', '*.*.example.com', 'a.*.example.com', '*example.com', '**.example.com']],
    [
      'what is no name',
      ['', ' ', '.', '..', 'a..example.com', '.example.com', '-a.example.com', 'exa mple.com', 'a,b.com'],
    ],
    ['what is too long', [`${'a'.repeat(64)}.com`, `${'a.'.repeat(130)}com`]],
    [
      'what would be parsed into something else',
      ['example.com\\@evil.test', 'exam\tple.com', 'ex%61mple.com', 'a\nb.com'],
    ],
  ])('%s', (_what, inputs) => {
    for (const input of inputs) expect([input, normaliseDomain(input, 'api').ok]).toEqual([input, false]);
  });

  it('also as internal, unless it is one host', () => {
    for (const input of ['*.com', '10.0.0.5', 'http://x', '*'])
      expect(normaliseDomain(input, 'internal').ok).toBe(false);
  });
});

test.each([
  ['EXAMPLE.com.', 'example.com'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['2130706433', '127.0.0.1'],
  ['0x7f000001', '127.0.0.1'],
  ['example.com:80', undefined],
  ['[::1]', undefined],
  ['a b', undefined],
])('the host %s of a request is looked up as %s', (name, host) => expect(hostOf(name)).toBe(host));

describe('an entry covers', () => {
  const covered = (entries: string[], host: string) => entryFor((domain) => entries.includes(domain), host);

  it.each([
    [['example.com'], 'example.com', 'example.com'],
    [['example.com'], 'api.example.com', undefined],
    [['*.example.com'], 'api.example.com', '*.example.com'],
    [['*.example.com'], 'a.b.example.com', '*.example.com'],
    [['*.example.com'], 'example.com', undefined],
    [['*.example.com'], 'evilexample.com', undefined],
    [['example.com'], 'example.com.evil.test', undefined],
    [['*.example.com', 'api.example.com'], 'api.example.com', 'api.example.com'],
    [[], 'example.com', undefined],
  ])('%j for %s: %s', (entries, host, entry) => expect(covered(entries, host)).toBe(entry));
});

describe('what a name tells', () => {
  it('of a well-known one is what it is used for, for names below it too', () => {
    expect(assess('api.github.com')).toMatchObject({ suggestedCategory: 'development', securityScore: 90 });
    expect(assess('*.wikipedia.org')).toMatchObject({ suggestedCategory: 'reference', securityScore: 90 });
  });

  it.each([
    ['xn--pypal-4ve.com', 'punycode'],
    ['something.github.io', 'anybody'],
    ['cheap-pills.top', 'abuse'],
    ['webhook.site', 'sent to it'],
    ['x8f3k29d0s1.com', 'digits'],
  ])('of %s costs it points, and says why', (domain, word) => {
    const { securityScore, findings } = assess(domain);
    expect(securityScore).toBeLessThan(assess('some-company.com').securityScore);
    expect(findings.join()).toContain(word);
  });

  it('never passes for a well-known one by looking like it', () => {
    for (const domain of ['github.com.evil.test', 'notgithub.com', 'github.co'])
      expect(assess(domain).securityScore).toBeLessThan(90);
  });

  it.each([
    ['docs.some-company.com', 'documentation'],
    ['api.some-company.com', 'api'],
    ['some-company.com', 'other'],
  ])('suggests for %s the category %s', (domain, category) => expect(assess(domain).suggestedCategory).toBe(category));
});
