import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Clock } from './clock.ts';

export interface CommandOptions {
  readonly argv: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** `NAME=value` of the environment, which descendants inherit even when they leave the group. */
  readonly marker: string;
  readonly input: string;
  readonly clock: Clock;
}

/** How the main process ended; `unstarted` with the system's reason. */
export type CommandEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'unstarted'; readonly because: string };

/** A program in a process group of its own, with all that it starts. */
export interface RunningCommand {
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly ended: Promise<CommandEnd>;
  /** To the whole group. */
  signal(signal: NodeJS.Signals): void;
  /** After the main process's end: ends what it left behind. Resolves when its output is over. */
  clear(): Promise<void>;
}

/** What has left the group on purpose can hold the output open. */
const outputMsMax = 500;
const roundMs = 5;
/** A process that starts others faster than they can be found is left to the container's limits. */
const roundsMax = 100;

export function startCommand({ argv, environment, marker, input, clock }: CommandOptions): RunningCommand {
  const [program = '', ...parameters] = argv;
  const child = spawn(program, parameters, { env: environment, detached: true, stdio: 'pipe' });
  const closed = new AbortController();
  child.once('close', () => closed.abort());
  const ended = new Promise<CommandEnd>((resolve) => {
    child.once('error', ({ message }) => resolve({ kind: 'unstarted', because: message }));
    child.once('exit', (code, signal) =>
      resolve(signal === null ? { kind: 'exit', code: code ?? 0 } : { kind: 'signal', signal }),
    );
  });
  // Who does not read its input may do so.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const signal = (name: NodeJS.Signals) => {
    if (child.pid !== undefined) kill(-child.pid, name);
  };

  return {
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    signal,
    async clear() {
      signal('SIGKILL');
      for (let round = 0; round < roundsMax; round += 1) {
        const left = bearersOf(marker);
        if (left.length === 0) break;
        for (const pid of left) kill(pid, 'SIGKILL');
        await clock.sleep(roundMs, never);
      }
      await clock.sleep(outputMsMax, closed.signal);
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    },
  };
}

const never = new AbortController().signal;

/** Only Linux shows environments; elsewhere what leaves the group is out of sight. */
function bearersOf(marker: string): number[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => pid !== process.pid && environmentOf(pid).includes(marker));
}

/** Of a process that is gone, or another user's, nothing. */
function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\u0000');
  } catch {
    return [];
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Gone, which is as good; or no longer ours to end.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error;
  }
}
