import { knownMax, unknownOf } from '../../contracts/log-lines.ts';
import type { Clock } from '../clock.ts';

/** What was written before arrives in one go; this long without another line, and the rest is news. */
const idleMs = 250;
const idleRoundsMax = 8;

interface Listener {
  readonly onLine: (line: string) => void;
  /** Nothing known was found in as many lines as one reading gives: others may lie between. */
  readonly onGap: () => void;
  /** So many lines a reading gives of what was written before. */
  readonly linesMax: number;
}

/** Takes the lines of one reading after the other, and hands on what has not been shown. */
export interface Backlog {
  /** Another reading begins, with lines that may be known; `onLive` is called when what comes can only be new. */
  begin(onLive: () => void, signal: AbortSignal): void;
  line(text: string): void;
  /** The reading is over. */
  end(): void;
}

export function createBacklog(clock: Clock, { onLine, onGap, linesMax }: Listener): Backlog {
  let known: readonly string[] = [];
  let waiting: string[] | undefined;

  function show(lines: readonly string[]): void {
    for (const line of lines) onLine(line);
    known = [...known, ...lines].slice(-knownMax);
  }

  function release(): void {
    const lines = waiting ?? [];
    waiting = undefined;
    const unknown = unknownOf(lines, known);
    if (known.length > 0 && unknown.length >= linesMax) onGap();
    show(unknown);
  }

  async function settle(lines: string[], onLive: () => void, signal: AbortSignal): Promise<void> {
    for (let round = 0; round < idleRoundsMax; round += 1) {
      const { length } = lines;
      await clock.sleep(idleMs, signal);
      if (waiting !== lines || signal.aborted) return;
      // On a busy machine it comes in pieces: what is known may be among the next.
      if (lines.length === length && (known.length === 0 || unknownOf(lines, known) !== lines)) break;
    }
    release();
    onLive();
  }

  return {
    begin(onLive, signal) {
      waiting = [];
      void settle(waiting, onLive, signal);
    },
    line(text) {
      if (waiting) waiting.push(text);
      else show([text]);
    },
    end: release,
  };
}
