import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cut,
  differences,
  fuse,
  partOf,
  restMsAfter,
  snippetOf,
  storable,
  wordsOf,
} from '../../src/orchestrator/knowledge/rules.ts';

const sentence = 'The landlord may end the lease in writing. ';
const words = (count: number) => Array.from({ length: count }, (_, at) => `word${at}`).join(' ');

describe('the rest of a model that gives no vectors', () => {
  it.each([
    [1, 5_000],
    [2, 10_000],
    [4, 40_000],
    [7, 300_000],
    [10_000, 300_000],
  ])('after %i failures in a row is %i ms', (failures, restMs) => expect(restMsAfter(failures)).toBe(restMs));
});

describe('the passages of a text', () => {
  it('put together are the text again, and none is longer than a screen', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5_000 }),
      fc
        .array(fc.constantFrom('a ', 'b\n', 'c. ', '\n\n', '😀', 'x'.repeat(700)), { maxLength: 60 })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const pieces = cut(text);
        expect(pieces.join('')).toBe(text);
        for (const piece of pieces) {
          expect(piece.length).toBeLessThanOrEqual(1_000);
          expect(piece.isWellFormed() || !text.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  it.each([
    ['nothing', '', ['']],
    ['a short text', 'Short.', ['Short.']],
    ['paragraphs', `${'a'.repeat(600)}\n\n${'b. '.repeat(200)}`, [`${'a'.repeat(600)}\n\n`, 'b. '.repeat(200)]],
    ['sentences', sentence.repeat(30), [sentence.repeat(23), sentence.repeat(7)]],
    ['one endless word', 'x'.repeat(2_500), ['x'.repeat(1_000), 'x'.repeat(1_000), 'x'.repeat(500)]],
  ])('of %s are cut where a reader would', (_what, text, pieces) => {
    expect(cut(text)).toEqual(pieces);
  });

  it('are never cut through a character', () => {
    for (const piece of cut(`a${'😀'.repeat(2_000)}`)) expect(piece.isWellFormed()).toBe(true);
  });
});

describe('what an indexer writes', () => {
  const stamped = (source: string, contentHash: string) => ({ source, contentHash });
  it.each([
    ['nothing when nothing changed', [stamped('a', '1')], [stamped('a', '1')], [], []],
    ['what is new', [], [stamped('a', '1')], ['a'], []],
    ['what changed', [stamped('a', '1'), stamped('b', '1')], [stamped('a', '1'), stamped('b', '2')], ['b'], []],
    ['away what is gone', [stamped('a', '1'), stamped('b', '1')], [stamped('b', '1')], [], ['a']],
    ['everything away when there is nothing any more', [stamped('a', '1')], [], [], ['a']],
    ['the last of two with one source', [stamped('a', '1')], [stamped('a', '1'), stamped('a', '2')], ['a'], []],
    ['in one order, however it comes', [], [stamped('b', '1'), stamped('a', '1')], ['a', 'b'], []],
  ])('is %s', (_what, kept, wanted, changed, gone) => {
    const found = differences(kept, wanted);
    expect([found.changed.map(({ source }) => source), found.gone]).toEqual([changed, gone]);
  });
});

describe('what is kept of a text', () => {
  it.each([
    ['a\u0000b', 'ab'],
    ['a\ud800b', 'a\ufffdb'],
    ['abcdef', 'abcd'],
    ['abc😀', 'abc\ufffd'],
  ])('%j is what Postgres can store: %j', (text, kept) => {
    expect(storable(text, 4)).toBe(kept);
  });
});

describe('the words of a question', () => {
  it.each([
    ['Kündigung, Mietvertrag!', ['Mietvertrag', 'Kündigung']],
    ['a "the" -lease', ['lease', 'the']],
    ['Straße STRASSE strasse', ['strasse']],
    ["& | ! <-> :* ' \\", []],
    ['', []],
    [words(20), Array.from({ length: 8 }, (_, at) => `word${at + 10}`)],
  ])('of %j are %j', (query, found) => {
    expect(wordsOf(query)).toEqual(found);
  });
});

describe('several orders of what was found', () => {
  const list = (...ids: string[]) => ids.map((id) => ({ id }));
  it.each([
    ['one order stays as it is', [list('a', 'b', 'c')], ['a', 'b', 'c']],
    ['what is in both goes first', [list('a', 'b'), list('c', 'b')], ['b', 'a', 'c']],
    [
      'what is high in both goes before what is low in both',
      [list('a', 'b', 'c'), list('a', 'c', 'b')],
      ['a', 'b', 'c'],
    ],
    ['nothing is nothing', [[], []], []],
  ])('made one: %s', (_what, lists, order) => {
    expect(fuse(lists, 10).map(({ id }) => id)).toEqual(order);
  });

  it('has no more than was asked for, each once, and falling scores', () => {
    const found = fuse([list('a', 'b', 'c'), list('c', 'b', 'a')], 2);
    expect(found).toHaveLength(2);
    expect(found[0]?.score).toBeGreaterThanOrEqual(found[1]?.score ?? 1);
  });
});

describe('a snippet', () => {
  const long = `${words(100)} Die Kündigungen der Häuser ${words(100)}`;

  it.each([
    ['the inflected word', ['Kündigung']],
    ['the word without its umlaut', ['Hauser']],
    ['the place with more of the words', ['word3', 'Kündigung', 'Haus']],
  ])('shows %s', (_what, asked) => {
    const snippet = snippetOf(long, asked, 120);
    expect(snippet).toContain('Kündigungen');
    expect(snippet.length).toBeLessThanOrEqual(120);
    expect(snippet).toMatch(/^… .*…/);
  });

  it('of a short text is the text, on one line', () => {
    expect(snippetOf(' a\n\n## b\r\nc\u2028d\u0007e ', [], 100)).toBe('a ## b c d e');
  });

  it('does not turn the direction of what stands around it', () => {
    expect(snippetOf('a\u202Egpj.exe\u2066b', [], 100)).toBe('agpj.exeb');
  });

  it('is plain, bounded and well-formed, whatever the text and the words are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 2_000 });
    fc.assert(
      fc.property(
        text,
        fc.array(fc.string({ maxLength: 10 }), { maxLength: 5 }),
        fc.integer({ min: 20, max: 300 }),
        (body, asked, max) => {
          const snippet = snippetOf(body, asked, max);
          expect(snippet.length).toBeLessThanOrEqual(max);
          expect(snippet).not.toMatch(/[\n\r\p{Cc}\u2028\u2029\u202e]/u);
          expect(snippet.isWellFormed()).toBe(true);
        },
      ),
    );
  });
});

describe('a part of a text', () => {
  it.each<[string, number, number, ReturnType<typeof partOf>]>([
    ['abcdef', 0, 4, { text: 'abcd', nextOffset: 4 }],
    ['abcdef', 4, 4, { text: 'ef', nextOffset: null }],
    ['abcdef', 0, 6, { text: 'abcdef', nextOffset: null }],
    ['abc', 9, 4, { text: '', nextOffset: null }],
    ['', 0, 4, { text: '', nextOffset: null }],
    // Between characters, not in one.
    ['abc😀d', 0, 4, { text: 'abc', nextOffset: 3 }],
    ['abc😀', 0, 5, { text: 'abc😀', nextOffset: null }],
  ])('%j from %i, at most %i long', (text, offset, max, part) => expect(partOf(text, offset, max)).toEqual(part));
});
