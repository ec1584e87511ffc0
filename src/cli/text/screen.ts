import { styleText } from 'node:util';
import type { Clock } from '../clock.ts';
import { clean, cleaned, jsonText } from './clean.ts';
import type { Output } from './output.ts';
import { createProgress } from './progress.ts';
import { type Column, fields, table, truncate } from './table.ts';
import { relative } from './time.ts';

/** How answers become text for this reader. */
export interface Format {
  /** `3 min ago` for a person; as it is for a program. `–` when there is none. */
  readonly time: (at: string | null) => string;
  /** The hour for a person who watches, since what is now will not be now; as it is for a program. */
  readonly hour: (at: string) => string;
  /** Not longer than a terminal is wide; whole for a program. */
  readonly line: (text: string) => string;
  readonly table: <R>(columns: readonly Column<R>[], rows: readonly R[]) => string;
  readonly fields: typeof fields;
  /** A word such as a status, in the colour of how it stands. */
  readonly paint: (word: string) => string;
}

export interface Screen {
  /** One answer: the document itself when JSON was asked for, else what `render` makes of it, all its texts made safe to print. */
  readonly show: <T>(document: T, render: (safe: T, format: Format) => string) => void;
  /** The same for one of many that follow each other: on one line as JSON. */
  readonly follow: <T>(document: T, render: (safe: T, format: Format) => string) => void;
  /** How far long work is, beside the answer: a bar that moves at a terminal, else a line for each tenth. */
  readonly progress: (done: number, total: number) => void;
  /** Said to a person beside the answer; not part of it. */
  readonly note: (text: string) => void;
  readonly isJson: boolean;
  /** A person reads the answer, and can be asked. */
  readonly isTerminal: boolean;
}

interface ScreenOptions {
  readonly out: Output;
  readonly errors: Output;
  readonly isJson: boolean;
  readonly colour: boolean;
  readonly clock: Clock;
}

export function createScreen({ out, errors, isJson, colour, clock }: ScreenOptions): Screen {
  const paint = out.isTerminal && colour ? painted : (word: string) => word;
  const width = out.isTerminal ? out.columns : undefined;
  const time = (at: string) => (out.isTerminal ? relative(at, clock.now()) : at);
  const format: Format = {
    time: (at) => (at === null ? '–' : time(at)),
    hour: (at) => (out.isTerminal ? new Date(at).toLocaleTimeString('en-GB') : at),
    line: (text) => (width === undefined ? text : truncate(text, width)),
    table: (columns, rows) => table(columns, rows, { width, paint }),
    fields,
    paint,
  };
  const print = (text: string) => {
    if (text !== '') out.write(`${text}\n`);
  };
  return {
    show: (document, render) => print(isJson ? jsonText(document, 2) : render(cleaned(document), format)),
    follow: (document, render) => print(isJson ? jsonText(document) : render(cleaned(document), format)),
    progress: isJson ? () => undefined : createProgress(errors),
    note: (text) => {
      if (!isJson) errors.write(`${clean(text)}\n`);
    },
    isJson,
    isTerminal: out.isTerminal,
  };
}

const colours: Readonly<Record<string, 'green' | 'yellow' | 'red' | 'gray'>> = {
  ok: 'green',
  healthy: 'green',
  running: 'green',
  approved: 'green',
  approve: 'green',
  completed: 'green',
  warn: 'yellow',
  degraded: 'yellow',
  pending: 'yellow',
  escalated: 'yellow',
  starting: 'yellow',
  stopping: 'yellow',
  preparing: 'yellow',
  unresponsive: 'yellow',
  backing_off: 'yellow',
  in_progress: 'yellow',
  urgent: 'yellow',
  high: 'yellow',
  fail: 'red',
  failed: 'red',
  unhealthy: 'red',
  vetoed: 'red',
  veto: 'red',
  rejected: 'red',
  critical: 'red',
  stopped: 'gray',
  cancelled: 'gray',
  withdrawn: 'gray',
};

function painted(word: string): string {
  const colour = Object.hasOwn(colours, word) ? colours[word] : undefined;
  // Whether colours are wanted has been decided already.
  return colour === undefined ? word : styleText(colour, word, { validateStream: false });
}
