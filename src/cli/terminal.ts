import { createInterface } from 'node:readline/promises';
import type { Output } from './text/output.ts';

/** What a terminal of unknown size is taken to be. */
const columnsUnknown = 80;

export const outputTo = (stream: NodeJS.WriteStream): Output => ({
  write: (text) => void stream.write(text),
  isTerminal: stream.isTTY,
  columns: stream.columns > 0 ? stream.columns : columnsUnknown,
});

/** Asks the person at the terminal; Ctrl-C and Ctrl-D end it as if they had answered with an end. */
export function createAsk(signal: AbortSignal, interrupt: () => void) {
  return async (question: string): Promise<string> => {
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    // The terminal is in raw mode while it asks: Ctrl-C arrives here and not as a signal.
    lines.on('SIGINT', interrupt);
    const closed = new AbortController();
    lines.on('close', () => closed.abort());
    try {
      return await lines.question(question, { signal: AbortSignal.any([signal, closed.signal]) });
    } finally {
      lines.close();
    }
  };
}

/** Nobody reads any more, as after `| head`: no reason to complain, and none to go on. */
export function onUnread(stop: () => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      stop();
    });
  }
}
