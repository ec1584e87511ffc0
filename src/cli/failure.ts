import { CallError } from '../contracts/client.ts';
import type { InputIssue } from '../contracts/errors.ts';
import { clean } from './text/clean.ts';

/** What the program says when it ends: scripts go by it. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, unreachable: 3, unauthenticated: 4, interrupted: 130 } as const;
type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A failure of our own, with a sentence for the person who reads it. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

export interface Failure {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly InputIssue[];
  /** What to do about it, where we know. */
  readonly mend: string | undefined;
}

/** The one place where an error becomes words and an exit code. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CallError) {
    const { code, message: detail, issues: errors } = error;
    return { exitCode: exitCodeOf(code), code, detail, errors, mend: mendOf(error) };
  }
  const detail = error instanceof Error ? error.message : String(error);
  const exitCode = error instanceof CliError ? error.exitCode : exitCodes.failed;
  return { exitCode, code: error instanceof CliError ? 'refused' : 'failed', detail, errors: [], mend: undefined };
}

/** Details quote what agents and strangers wrote: nothing of it may drive the terminal. */
export const inWords = ({ detail, errors, mend }: Failure): string =>
  clean(
    [
      `boardroom: ${detail}`,
      // The first of them is what the detail says already.
      ...(errors.length > 1 ? errors.map(({ path, message }) => `  ${path}: ${message}`) : []),
      ...(mend === undefined ? [] : [mend]),
    ].join('\n'),
  );

function exitCodeOf(code: CallError['code']): ExitCode {
  if (code === 'unreachable') return exitCodes.unreachable;
  return code === 'unauthenticated' ? exitCodes.unauthenticated : exitCodes.failed;
}

function mendOf({ code, retryAfterSeconds }: CallError): string | undefined {
  if (retryAfterSeconds !== undefined) return `Try again in ${retryAfterSeconds} s.`;
  if (code === 'unreachable') return 'Is it running? npm start starts one here; boardroom doctor looks what is wrong.';
  if (code === 'unauthenticated') return 'Pass a good key with --key or BOARDROOM_KEY.';
  return undefined;
}
