import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { dollars } from '../../src/cli/text/amount.ts';
import { clean, cleaned, jsonText, onOneLine } from '../../src/cli/text/clean.ts';
import { eventLine } from '../../src/cli/text/event-line.ts';
import type { Output } from '../../src/cli/text/output.ts';
import { createScreen } from '../../src/cli/text/screen.ts';
import { table, truncate } from '../../src/cli/text/table.ts';
import { duration, relative } from '../../src/cli/text/time.ts';

describe('text that somebody else wrote', () => {
  it.each<[string, string, string]>([
    ['plain text', 'Zwölf Boxkämpfer 👩‍🚀 漢字', 'Zwölf Boxkämpfer 👩‍🚀 漢字'],
    ['line feeds and tabs', 'one\n\ttwo', 'one\n\ttwo'],
    ['line ends of another system', 'one\r\ntwo', 'one\ntwo'],
    ['a carriage return that would write over the line', 'good\rbad', 'goodbad'],
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['a title of the window', '\u001b]0;owned\u0007text', 'text'],
    ['a clear screen in one character', 'a\u009b2Jb', 'ab'],
    ['an escape that leads nowhere', 'a\u001b', 'a'],
    ['a backspace and a bell', 'a\u0008\u0007b', 'ab'],
    ['the direction of writing', 'invoice\u202efdp.exe', 'invoicefdp.exe'],
    ['isolates and marks', '\u2066a\u2069\u200eb\u061c', 'ab'],
    ['characters nobody sees', 'pass\u200bword\u{e0041}', 'password'],
    ['half a character', 'a\ud800', 'a\ufffd'],
  ])('is made safe: %s', (_what, text, safe) => expect(clean(text)).toBe(safe));

  it('is made safe wherever it stands in an answer', () => {
    expect(cleaned({ list: [{ '\u0008name': 'a\u0007' }], count: 1, none: null })).toEqual({
      list: [{ name: 'a' }],
      count: 1,
      none: null,
    });
  });

  it('stands on one line in a table', () => expect(onOneLine(' a\n\n b\tc ')).toBe('a b c'));

  it('is the same in JSON, which holds nothing that a terminal obeys', () => {
    const text = 'a\u001b[2J\u009b\u202e\u007f';
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(jsonText({ text })).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(JSON.parse(jsonText({ text }))).toEqual({ text });
  });
});

describe('a table', () => {
  const rows = [
    { id: 'tsk_01h455vb4pex5vsknk084sn02q', state: 'in_progress', title: 'A long title that says far too much of it' },
    { id: 'tsk_01h455vb4pex5vsknk084sn02r', state: 'pending', title: '漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字' },
  ];
  const columns = [
    { head: 'ID', cell: ({ id }: (typeof rows)[number]) => id, kind: 'id' },
    { head: 'STATE', cell: ({ state }: (typeof rows)[number]) => state },
    { head: 'TITLE', cell: ({ title }: (typeof rows)[number]) => title, kind: 'text' },
  ] as const;

  it.each([60, 70, 80, 120])('of %s columns fits, with whole ids', (width) => {
    const text = table(columns, rows, { width });
    for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
    for (const { id } of rows) expect(text).toContain(id);
  });

  it('runs over rather than cut an id', () => {
    expect(table(columns, rows, { width: 20 })).toContain('tsk_01h455vb4pex5vsknk084sn02q');
  });

  it('without an end is whole', () => {
    expect(table(columns, rows, { width: undefined })).toContain('A long title that says far too much of it');
  });

  it('shows what is not there as –, and numbers to the right', () => {
    const cells = [
      { head: 'NAME', cell: () => null },
      { head: 'COUNT', cell: () => 7, align: 'right' },
    ] as const;
    expect(table(cells, [{}], { width: 80 })).toBe('NAME  COUNT\n–         7');
  });
});

describe('what is cut off', () => {
  it.each<[string, number, string]>([
    ['short', 5, 'short'],
    ['longer', 5, 'long…'],
    ['a b c', 3, 'a…'],
    ['漢字漢字', 5, '漢字…'],
    ['👩‍🚀👩‍🚀👩‍🚀', 5, '👩‍🚀👩‍🚀…'],
  ])('of "%s" at %s leaves "%s"', (text, width, short) => expect(truncate(text, width)).toBe(short));
});

describe('times', () => {
  const now = Date.parse('2030-01-31T12:00:00Z');
  it.each([
    ['2030-01-31T12:00:00.400Z', 'now'],
    ['2030-01-31T11:59:30Z', '30 s ago'],
    ['2030-01-31T11:56:59Z', '3 min ago'],
    ['2030-01-31T09:00:00Z', '3 h ago'],
    ['2030-01-01T00:00:00Z', '30 d ago'],
    ['2030-01-31T14:30:00Z', 'in 2 h'],
  ])('%s is %s', (at, words) => expect(relative(at, now)).toBe(words));

  it.each([
    [0, '0 s'],
    [59.9, '59 s'],
    [3_600, '1 h'],
    [200_000, '2 d'],
  ])('%s s are %s', (seconds, words) => expect(duration(seconds)).toBe(words));
});

describe('money', () => {
  it.each([
    [0, '$0.00'],
    [12_500_000, '$12.50'],
    [412, '$0.000412'],
  ])('%s micro-USD are %s', (amount, text) => expect(dollars(amount)).toBe(text));
});

describe('an event on one line', () => {
  it('says where, when, what, who and what about', () => {
    const line = eventLine(
      {
        id: 'evt_7',
        seq: 7,
        eventType: 'task_created',
        sourceAgent: null,
        payload: { actor: 'operator:admin', taskId: 'tsk_1', title: 'Write\nit' },
        createdAt: '2030-01-31T12:00:00.000Z',
      },
      { hour: (at) => at, line: String, time: String, table: () => '', fields: () => '', paint: String },
    );
    expect(line).toBe('     7  2030-01-31T12:00:00.000Z  task_created            operator:admin  Write it');
  });
});

describe('a screen', () => {
  function open({ isJson }: { isJson: boolean }) {
    const written = { out: '', errors: '' };
    const to = (name: 'out' | 'errors'): Output => ({
      write: (text) => {
        written[name] += text;
      },
      isTerminal: false,
      columns: 80,
    });
    const clock = { now: () => 0, sleep: async () => undefined, random: () => 0 };
    return { written, screen: createScreen({ out: to('out'), errors: to('errors'), isJson, colour: true, clock }) };
  }

  it('hands a rendering safe text only', () => {
    const { screen, written } = open({ isJson: false });
    screen.show({ title: 'a\u001b[2Jb' }, ({ title }) => title);
    expect(written).toEqual({ out: 'ab\n', errors: '' });
  });

  it('says with JSON nothing besides', () => {
    const { screen, written } = open({ isJson: true });
    screen.note('there is more');
    screen.follow({ seq: 1 }, () => 'text');
    expect(written).toEqual({ out: '{"seq":1}\n', errors: '' });
  });
});
