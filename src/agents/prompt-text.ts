import { isRecord } from './json.ts';

/** The readable part of an item; its JSON carries more. */
const quotedCharactersMax = 600;
const dataCharactersMax = 4_000;

/**
 * One section: a heading, lines for a reader, the data in a fence. Headings and fences begin a line of their own, and text of
 * others never does (see `quote`, `singleLine`), so nobody can forge a section by writing one into a message.
 */
export function section(heading: string, lines: readonly string[], data: unknown): string {
  return [`## ${heading}`, '', ...(lines.length > 0 ? lines : ['Nothing.']), '', '```json', jsonLine(data), '```'].join(
    '\n',
  );
}

/** JSON leaves these as they are, and some readers take them for line breaks. */
const jsonLine = (data: unknown): string =>
  JSON.stringify(data).replaceAll(
    /[\u0085\u2028\u2029]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const lineBreaks = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

/** Others' text as a Markdown quote: every line of it begins with our mark. */
export const quote = (text: string): string =>
  clip(text, quotedCharactersMax)
    .split(lineBreaks)
    .map((line) => `  > ${line}`)
    .join('\n');

export const singleLine = (text: string): string => text.split(lineBreaks).join(' ');

/** A copy in which no text is longer than a model needs; the tools give the whole. */
export function clipStrings(value: unknown): unknown {
  if (typeof value === 'string') return clip(value, dataCharactersMax);
  if (Array.isArray(value)) return value.map(clipStrings);
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, clipStrings(entry)]));
  return value;
}

const clip = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max).toWellFormed()} … (${text.length - max} more characters)`;
