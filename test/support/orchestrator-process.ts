import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from './eventually.ts';

export interface OrchestratorProcess {
  readonly url: string;
  readonly pid: number;
  /** What it has printed so far. */
  output(): string;
  /** Sends the signal and waits for the end; the exit code, or null after a signal that ends it at once. */
  end(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** The built program as an operator starts it, in a process of its own that can be killed. */
export async function startOrchestrator(environment: Record<string, string>): Promise<OrchestratorProcess> {
  const { PATH = '', HOME = '', DOCKER_HOST = '' } = process.env;
  const child = spawn(process.execPath, ['dist/orchestrator/main.js'], {
    env: { PATH, HOME, DOCKER_HOST, ORCHESTRATOR_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child);
  const url = await eventually(
    () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${output()}`);
      return /Boardroom is up: (\S+)/.exec(output())?.[1];
    },
    { withinMs: 60_000, what: 'the start of the orchestrator' },
  );
  return {
    url,
    pid: child.pid ?? 0,
    output,
    async end(signal) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += String(chunk)));
  return () => text;
}
