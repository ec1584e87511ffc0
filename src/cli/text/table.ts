import stringWidth from 'string-width';
import { onOneLine } from './clean.ts';

export interface Column<R> {
  readonly head: string;
  readonly cell: (row: R) => string | number | null;
  readonly align?: 'right';
  /** What to do when the table is too wide: the text gives way first, an id never; the rest as it comes. */
  readonly kind?: 'text' | 'id';
}

interface Options {
  /** Characters that fit on a line; undefined: no end. */
  readonly width: number | undefined;
  /** How a cell looks; it gets the finished text. */
  readonly paint?: (text: string) => string;
}

const gap = '  ';
const columnWidthMin = 6;
const textWidthMin = 12;

/** Rows as columns of text. Where they are too wide, cells are cut with … until all fits. */
export function table<R>(columns: readonly Column<R>[], rows: readonly R[], { width, paint }: Options): string {
  const texts = rows.map((row) => columns.map(({ cell }) => onOneLine(String(cell(row) ?? '–'))));
  const heads = columns.map(({ head }) => head);
  const natural = columns.map((_column, index) =>
    Math.max(...[heads, ...texts].map((line) => stringWidth(line[index] ?? ''))),
  );
  const widths = squeeze(natural, {
    room: width === undefined ? undefined : width - gap.length * (columns.length - 1),
    kinds: columns.map(({ kind }) => kind),
  });
  const line = (cells: readonly string[], look = (text: string) => text) =>
    cells
      .map((text, index) => {
        const size = widths[index] ?? 0;
        const short = truncate(text, size);
        const blank = ' '.repeat(Math.max(0, size - stringWidth(short)));
        return columns[index]?.align === 'right' ? blank + look(short) : look(short) + blank;
      })
      .join(gap)
      .trimEnd();
  return [line(heads), ...texts.map((cells) => line(cells, paint))].join('\n');
}

interface Room {
  readonly room: number | undefined;
  readonly kinds: readonly Column<never>['kind'][];
}

/** Takes from the text first, then from whichever is widest. What cannot be made to fit runs over: half an id is of no use. */
function squeeze(natural: readonly number[], { room, kinds }: Room): number[] {
  const widths = [...natural];
  let over = room === undefined ? 0 : widths.reduce((sum, width) => sum + width, 0) - room;
  const shrink = (index: number, to: number) => {
    const width = widths[index] ?? 0;
    const taken = Math.max(0, Math.min(over, width - to));
    widths[index] = width - taken;
    over -= taken;
  };
  kinds.forEach((kind, index) => {
    if (kind === 'text') shrink(index, textWidthMin);
  });
  while (over > 0) {
    const widest = Math.max(...widths.filter((_width, index) => kinds[index] !== 'id'));
    if (widest <= columnWidthMin) break;
    shrink(
      widths.findIndex((width, index) => width === widest && kinds[index] !== 'id'),
      widest - 1,
    );
  }
  return widths;
}

const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** At most `width` characters' room; what is cut off leaves a … */
export function truncate(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let short = '';
  for (const { segment } of segments.segment(text)) {
    if (stringWidth(short + segment) > width - 1) break;
    short += segment;
  }
  return `${short.trimEnd()}…`;
}

/** Names and values below each other; what has no value is left out. */
export function fields(entries: readonly (readonly [string, string | number | null | undefined])[]): string {
  const given = entries.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const width = Math.max(0, ...given.map(([name]) => name.length));
  return given
    .map(
      ([name, value]) => `${name.padEnd(width)}${gap}${String(value).replaceAll('\n', `\n${' '.repeat(width)}${gap}`)}`,
    )
    .join('\n');
}
