/** One line of a log, read as far as it can be. */
export interface LogLine {
  /** Counts up over the whole log, also over what is forgotten. */
  readonly id: number;
  /** ISO 8601; undefined where the line does not say when. */
  readonly at: string | undefined;
  readonly level: string | undefined;
  readonly text: string;
}

export const linesKept = 20_000;

/** Adds lines, and forgets the eldest beyond what is kept. */
export function withMore(lines: readonly LogLine[], fresh: readonly string[], kept = linesKept): readonly LogLine[] {
  const next = (lines.at(-1)?.id ?? 0) + 1;
  const added = fresh.slice(-kept).map((raw, index) => ({ id: next + index, ...readLine(raw) }));
  return [...lines.slice(Math.max(0, lines.length + added.length - kept)), ...added];
}

/** Our own agents write JSON; anything else is shown as it is. */
export function readLine(raw: string): Omit<LogLine, 'id'> {
  const plain = { at: undefined, level: undefined, text: raw };
  if (!raw.startsWith('{')) return plain;
  try {
    const { time, level, msg, ...rest } = JSON.parse(raw) as Record<string, unknown>;
    if (typeof msg !== 'string') return plain;
    const more = Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`;
    const isMoment = typeof time === 'string' && !Number.isNaN(Date.parse(time));
    return {
      at: isMoment ? time : undefined,
      level: typeof level === 'string' ? level : undefined,
      text: msg + more,
    };
  } catch {
    return plain;
  }
}

/** The places of the lines that hold the words, in any case. */
export function matchesIn(lines: readonly LogLine[], words: string): readonly number[] {
  const wanted = words.toLowerCase();
  if (wanted === '') return [];
  return lines.flatMap(({ text }, place) => (text.toLowerCase().includes(wanted) ? [place] : []));
}

/** The line cut where the words stand in it: every second piece is one of them. */
export function cutAt(text: string, words: string): readonly string[] {
  if (words === '') return [text];
  const escaped = words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.split(new RegExp(`(${escaped})`, 'gi'));
}
