import { stripVTControlCharacters } from 'node:util';

/**
 * What a terminal would obey, or would show as something else than what it is: control characters but line feed and tab, marks
 * that turn the direction of writing, and characters that nobody sees.
 */
const unprintable = /(?![\n\t])[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** Text that agents and strangers wrote, made safe to print. */
export const clean = (text: string): string =>
  stripVTControlCharacters(text.toWellFormed().replaceAll('\r\n', '\n')).replace(unprintable, '');

/** The same on one line. */
export const onOneLine = (text: string): string => clean(text).replace(/\s+/g, ' ').trim();

/** An answer with all its texts made safe to print, so that no rendering has to think of it. */
export function cleaned<T>(value: T): T {
  // What comes back has the shape of what went in: texts stay texts.
  return walk(value) as T;
}

function walk(value: unknown): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map(walk);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [clean(name), walk(part)]));
}

/** JSON escapes only some of them; the others mean the same when they are escaped. */
const escaped = /[\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** One JSON document on one line, or over several when a person reads it; the texts as they are, in print harmless. */
export const jsonText = (document: unknown, indent = 0): string =>
  JSON.stringify(document, undefined, indent).replace(
    escaped,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
