export interface Slot {
  /** Milliseconds since 1970: when it begins. */
  readonly at: number;
  readonly count: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
export const slotMs = { hour: hourMs, day: dayMs } as const;

interface Span {
  readonly by: keyof typeof slotMs;
  readonly slots: number;
  /** The last slot is the one of this moment. */
  readonly now: number;
}

/** So many hours or days of UTC up to now, the empty ones too. */
export function slotsOf(
  counts: readonly { readonly at: string; readonly count: number }[],
  { by, slots, now }: Span,
): Slot[] {
  const ms = slotMs[by];
  const last = Math.floor(now / ms) * ms;
  const byStart = new Map(counts.map(({ at, count }) => [Date.parse(at), count]));
  return Array.from({ length: slots }, (_, index) => {
    const at = last - (slots - 1 - index) * ms;
    return { at, count: byStart.get(at) ?? 0 };
  });
}

/** Whether one of the entries lets agents reach the host: its own, or that of a name above it which says so. */
export function isCovered(entries: ReadonlySet<string>, host: string): boolean {
  const labels = host.split('.');
  return entries.has(host) || labels.some((_, level) => level > 0 && entries.has(`*.${labels.slice(level).join('.')}`));
}

/** An address can't be allowed; only names can. */
export const isName = (host: string): boolean => /[a-z]/.test(host) && !/[:/\s]/.test(host);
