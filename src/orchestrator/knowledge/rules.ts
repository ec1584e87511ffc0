const passageMin = 500;
const passageMax = 1_000;
/** Where a reader would cut, best first. */
const seams = ['\n\n', '\n', '. ', '! ', '? ', '; ', ', ', ' '];

/** Pieces of readable length that put together are the text again; one at least, for a title alone is found too. */
export function cut(text: string): string[] {
  const pieces: string[] = [];
  let at = 0;
  while (text.length - at > passageMax) {
    const end = at + seamIn(text.slice(at, at + passageMax));
    pieces.push(text.slice(at, end));
    at = end;
  }
  return [...pieces, text.slice(at)];
}

/** The place after the last good seam; else the end, but never between the halves of a character. */
function seamIn(piece: string): number {
  for (const seam of seams) {
    const found = piece.lastIndexOf(seam);
    if (found >= passageMin) return found + seam.length;
  }
  return piece.isWellFormed() ? piece.length : piece.length - 1;
}

/** What Postgres can store of it, bounded. */
export function storable(text: string, max: number): string {
  return text.replaceAll('\u0000', '').slice(0, max).toWellFormed();
}

/** A part of a text that is too long to be read at once, and where the next one begins; null: it was the last. */
export function partOf(text: string, offset: number, max: number): { text: string; nextOffset: number | null } {
  const piece = text.slice(offset, offset + max);
  // Never between the halves of a character, unless that is where the reader begins.
  const isTorn = offset + max < text.length && !piece.slice(-1).isWellFormed();
  const part = isTorn ? piece.slice(0, -1) : piece;
  const next = offset + part.length;
  return { text: part.toWellFormed(), nextOffset: next < text.length ? next : null };
}

interface Stamped {
  readonly source: string;
  readonly contentHash: string;
}

/** What an indexer has to write, and which sources are gone. Of two with one source the last counts. */
export function differences<D extends Stamped>(
  kept: readonly Stamped[],
  wanted: readonly D[],
): { changed: D[]; gone: string[] } {
  const hashes = new Map(kept.map(({ source, contentHash }) => [source, contentHash]));
  const latest = new Map(wanted.map((document) => [document.source, document]));
  return {
    changed: [...latest.values()]
      .filter(({ source, contentHash }) => hashes.get(source) !== contentHash)
      // In one order, whoever writes: two that write the same at once then wait for each other, and not in a circle.
      .sort((a, b) => (a.source < b.source ? -1 : 1)),
    gone: [...hashes.keys()].filter((source) => !latest.has(source)),
  };
}

const wordPattern = /[\p{L}\p{M}\p{N}]+/gu;
const wordsMax = 8;

/** Most words: nothing of them has to be taken apart. */
const plainWord = /^[a-z0-9]*$/i;

/** Letters as one would look them up: small, without accents. */
const fold = (word: string): string =>
  plainWord.test(word)
    ? word.toLowerCase()
    : word.toLowerCase().replaceAll('ß', 'ss').normalize('NFD').replaceAll(/\p{M}/gu, '');

/** The words of a question, each once; of too many the longest, which say most. */
export function wordsOf(query: string): string[] {
  const words = new Map((query.match(wordPattern) ?? []).map((word) => [fold(word), word]));
  return [...words.values()]
    .filter((word) => word.length > 1)
    .sort((a, b) => b.length - a.length)
    .slice(0, wordsMax);
}

const restMsMin = 5_000;
const restMsMax = 300_000;

/** How long a model is left alone that has given no vectors so often in a row. */
export const restMsAfter = (failures: number): number => Math.min(restMsMin * 2 ** (failures - 1), restMsMax);

/** How much the first places of a list count above the later ones; the usual value. */
const rankConstant = 60;

/** Reciprocal rank fusion: several orders of what was found, made one. */
export function fuse<T extends { readonly id: string }>(
  lists: readonly (readonly T[])[],
  limit: number,
): (T & { score: number })[] {
  const found = new Map<string, T & { score: number }>();
  for (const list of lists) {
    for (const [place, item] of list.entries()) {
      const known = found.get(item.id);
      found.set(item.id, { ...(known ?? item), score: (known?.score ?? 0) + 1 / (rankConstant + place + 1) });
    }
  }
  return [...found.values()].sort((a, b) => b.score - a.score).slice(0, limit);
}

/** Marks that turn the direction of writing: they make a text read as another one. */
const turning = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** At most `max` characters of the text, on one line, where most of the words stand close together. */
export function snippetOf(text: string, words: readonly string[], max: number): string {
  const line = text
    .replaceAll(turning, '')
    .replaceAll(/[\s\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
  if (line.length <= max) return line;
  const room = max - 2 * ellipsis.length;
  const start = startOf(line, Math.max(0, densest(hitsIn(line, words), room) - Math.floor(room / 4)));
  const end = Math.min(line.length, start + room);
  const middle = line.slice(start, end === line.length ? end : endOf(line, { start, end })).trim();
  return `${start > 0 ? ellipsis : ''}${middle}${end < line.length ? ellipsis : ''}`.toWellFormed();
}

const ellipsis = '… ';

interface Hit {
  readonly at: number;
  readonly stem: string;
}

/** Words that begin alike: endings differ, and the database has decided already that they fit. */
function hitsIn(line: string, words: readonly string[]): Hit[] {
  const stems = words.map(fold).map((word) => word.slice(0, Math.max(3, Math.ceil(word.length * 0.7))));
  const hits: Hit[] = [];
  for (const { 0: word, index } of line.matchAll(wordPattern)) {
    const folded = fold(word);
    const stem = stems.find((each) => folded.startsWith(each));
    if (stem !== undefined) hits.push({ at: index, stem });
  }
  return hits;
}

/** Where the first stretch begins that holds the most of the words. */
function densest(hits: readonly Hit[], room: number): number {
  let best = { at: 0, count: 0 };
  for (const [from, { at }] of hits.entries()) {
    const within = hits.slice(from, from + wordsMax * 4).filter((hit) => hit.at < at + (room * 3) / 4);
    const count = new Set(within.map(({ stem }) => stem)).size;
    if (count > best.count) best = { at, count };
  }
  return best.at;
}

/** Not in the middle of a word, if there is a better place close by. */
function startOf(line: string, at: number): number {
  if (at === 0) return 0;
  const space = line.indexOf(' ', at - 1);
  return space >= 0 && space - at < nearby ? space + 1 : at;
}

function endOf(line: string, { start, end }: { start: number; end: number }): number {
  const space = line.lastIndexOf(' ', end);
  return space > start && end - space < nearby ? space : end;
}

const nearby = 40;
