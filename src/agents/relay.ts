import type { Clock } from './clock.ts';

/** Passes lines on at a pace that the gateway takes: it closes the socket of whoever says too much. */
export interface Relay {
  add(line: string): void;
  /** Sends what is left. */
  end(): void;
}

export interface RelayOptions {
  readonly clock: Clock;
  readonly send: (lines: readonly string[]) => void;
}

/** Half of what the gateway lets through in the long run. */
const everyMs = 500;
const linesMax = 50;
const bytesMax = 16 * 1024;

export function createRelay({ clock, send }: RelayOptions): Relay {
  const ended = new AbortController();
  let lines: string[] = [];
  let bytes = 0;
  let leftOut = 0;

  function flush(): void {
    const rest = leftOut > 0 ? [`(${leftOut} more lines)`] : [];
    if (lines.length > 0) send([...lines, ...rest]);
    [lines, bytes, leftOut] = [[], 0, 0];
  }

  async function pump(): Promise<void> {
    while (!ended.signal.aborted) {
      await clock.sleep(everyMs, ended.signal);
      flush();
    }
  }
  // Rejects never: the sleep does not.
  void pump();

  return {
    add(line) {
      // As it travels: JSON makes six bytes of a control character.
      const cost = leftOut > 0 ? 0 : Buffer.byteLength(JSON.stringify(line));
      if (leftOut > 0 || lines.length >= linesMax || bytes + cost > bytesMax) {
        leftOut += 1;
        return;
      }
      lines.push(line);
      bytes += cost;
    },
    end: () => ended.abort(),
  };
}
