import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface LaunchOptions {
  /** The agent's bundle. */
  readonly entry: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The descriptor of the file that takes its output. */
  readonly output: number;
}

export interface HeldProcess {
  readonly pid: number;
  /** Settles once, when the process has ended. */
  readonly ended: Promise<ProcessEnd>;
  release(): void;
  abandon(): void;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/**
 * Waits for a word from us, then becomes the agent: same pid, same start time. If we die first the word never comes, and
 * the shell ends at the end of its input. So no agent runs that is not on record. It runs as a nicer process: agents that
 * crash again and again must not take the processor from the orchestrator that has to deal with them.
 */
const gate = 'read -r go && exec nice -n 5 "$@" </dev/null';

/** Starts the agent's process in a session of its own, where it outlives us, and holds it before its first step. */
export async function launchHeld({ entry, folder, environment, output }: LaunchOptions): Promise<HeldProcess> {
  const child = spawn('/bin/sh', ['-c', gate, 'boardroom-agent', process.execPath, entry], {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: ['pipe', output, output],
  });
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const word = child.stdin;
  if (!word) throw new Error('The process was started, but has no input');
  // It ended before the word reached it, which `ended` tells.
  word.on('error', () => undefined);
  await once(child, 'spawn');
  // An orchestrator that stops does not wait for its agents.
  child.unref();
  const { pid } = child;
  if (pid === undefined) throw new Error('The process was started, but has no pid');
  return { pid, ended, release: () => word.end('go\n'), abandon: () => child.kill('SIGKILL') };
}
