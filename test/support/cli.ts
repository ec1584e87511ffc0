import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { eventually } from './eventually.ts';

/** The built command line, as an operator calls it. */
export const cliMain = resolve('dist/cli/main.js');

export interface CliPlace {
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it is called. */
  readonly folder?: string;
}

export interface CliEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcessWithoutNullStreams;
  stdout(): string;
  stderr(): string;
  /** Resolves once the standard output holds this. */
  until(text: string | RegExp): Promise<void>;
  /** The same for what is said beside it. */
  untilSaid(text: string | RegExp): Promise<void>;
  readonly ended: Promise<CliEnd>;
}

export const startCli = (words: readonly string[], place: CliPlace = {}): RunningCli =>
  start(process.execPath, [cliMain, ...words], place);

export async function runCli(words: readonly string[], place: CliPlace = {}): Promise<CliEnd> {
  const running = startCli(words, place);
  running.child.stdin.end();
  return running.ended;
}

/** At a terminal of 80 columns, by way of script(1); what both streams print comes as one. */
export const startCliAtTerminal = (words: readonly string[], place: CliPlace = {}): RunningCli =>
  start('script', ['-qefc', [process.execPath, cliMain, ...words].map(quoted).join(' '), '/dev/null'], place);

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

function start(program: string, words: readonly string[], { environment = {}, folder = '.' }: CliPlace): RunningCli {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, words, { cwd: folder, env: { PATH, HOME, TERM: 'xterm', ...environment } });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += String(chunk)));
  const until = (read: () => string, text: string | RegExp) =>
    eventually(() => (typeof text === 'string' ? read().includes(text) : text.test(read())) || undefined, {
      what: `${text} in what boardroom ${words.join(' ')} prints`,
      withinMs: 20_000,
    }).then(
      () => undefined,
      (cause: unknown) => {
        throw new Error(`it printed\n${stdout}\nand said\n${stderr}`, { cause });
      },
    );
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    until: (text) => until(() => stdout, text),
    untilSaid: (text) => until(() => stderr, text),
    ended: once(child, 'close').then(() => ({ code: child.exitCode, stdout, stderr })),
  };
}
