import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from './eventually.ts';

export interface OrchestratorProcess {
  readonly url: string;
  readonly pid: number;
  isAlive(): boolean;
  /** What it has printed so far. */
  output(): string;
  /** Sends the signal and waits for the end; the exit code, or null after a signal that ends it at once. */
  end(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** One that may not be up yet, and may never be: it can be killed all the same. */
export interface SpawnedOrchestrator extends Omit<OrchestratorProcess, 'url'> {
  /** Its address, once it says that it is up; rejects when it ends before. */
  up(): Promise<string>;
}

interface ProgramPlace {
  readonly main?: string;
  /** Where it is started. */
  readonly folder?: string;
}

/** The built program as an operator starts it, in a process of its own that can be killed. */
export function spawnOrchestrator(
  environment: Readonly<Record<string, string>>,
  { main = 'dist/orchestrator/main.js', folder = '.' }: ProgramPlace = {},
): SpawnedOrchestrator {
  const { PATH = '', HOME = '', DOCKER_HOST = '' } = process.env;
  const child = spawn(process.execPath, [main], {
    cwd: folder,
    env: { PATH, HOME, DOCKER_HOST, ORCHESTRATOR_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid ?? 0,
    isAlive: () => !hasEnded(),
    output,
    up: () =>
      eventually(
        () => {
          if (hasEnded()) throw new Error(`it ended with ${child.exitCode ?? child.signalCode}: ${output()}`);
          return /Boardroom is up: (\S+)/.exec(output())?.[1];
        },
        { withinMs: 60_000, what: 'the start of the orchestrator' },
      ),
    async end(signal) {
      if (hasEnded()) return child.exitCode;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}

export async function startOrchestrator(
  environment: Readonly<Record<string, string>>,
  place: ProgramPlace = {},
): Promise<OrchestratorProcess> {
  const spawned = spawnOrchestrator(environment, place);
  return { ...spawned, url: await spawned.up() };
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += String(chunk)));
  return () => text;
}
