import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { CommanderError } from '@commander-js/extra-typings';
import { systemClock } from './clock.ts';
import { readCliConfig } from './config.ts';
import { exitCodes, failureOf, inWords } from './failure.ts';
import { createProgram } from './program.ts';
import type { Surroundings } from './session.ts';
import { createAsk, onUnread, outputTo } from './terminal.ts';
import { jsonText } from './text/clean.ts';

const interrupted = new AbortController();
const unread = new AbortController();
const signal = AbortSignal.any([interrupted.signal, unread.signal]);
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => interrupted.abort());
onUnread(() => unread.abort());

const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
const surroundings: Surroundings = {
  config: readCliConfig(),
  out: outputTo(process.stdout),
  errors: outputTo(process.stderr),
  clock: systemClock,
  signal,
  readInput: () => text(process.stdin),
  ask: isTerminal ? createAsk(signal, () => interrupted.abort()) : undefined,
};

try {
  await createProgram(surroundings, versionOf()).parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  if (unread.signal.aborted) return exitCodes.ok;
  if (interrupted.signal.aborted) return exitCodes.interrupted;
  // commander has said it already; help that was asked for is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  const failure = failureOf(error);
  const { exitCode: _exitCode, mend: _mend, ...document } = failure;
  const isJson = process.argv.includes('--json');
  surroundings.errors.write(`${isJson ? jsonText(document) : inWords(failure)}\n`);
  return failure.exitCode;
}

/** Of the package that this file, src/cli/main.ts or dist/cli/main.js, belongs to. */
function versionOf(): string {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
