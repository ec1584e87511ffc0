import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { keepRunning } from './running.ts';

/** A process of its own for what must not share a thread with what is measured. */
export interface Worker {
  readonly pid: number;
  /** Asks for one of its acts; the caller knows what that act answers. */
  call<T>(act: string, input?: object): Promise<T>;
  end(): Promise<void>;
}

type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

const callMsMax = 120_000;

export function startWorker(file: URL, environment: Readonly<Record<string, string>> = {}): Worker {
  const child = fork(fileURLToPath(file), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...environment },
  });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let last = 0;
  child.on('message', (answer: Answer) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) call?.reject(new Error(answer.error));
    else call?.resolve(answer.value);
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`${file.pathname} ended with ${code ?? signal}`));
  });
  return {
    pid: child.pid ?? 0,
    call: <T>(act: string, input: object = {}) =>
      new Promise<T>((resolve, reject) => {
        last += 1;
        // An answer of another type would be a mistake in the worker; the two are written side by side.
        const late = setTimeout(() => reject(new Error(`${act} did not end within ${callMsMax} ms`)), callMsMax);
        const settle = (value: unknown) => {
          clearTimeout(late);
          resolve(value as T);
        };
        waiting.set(last, { resolve: settle, reject });
        child.send({ id: last, act, input });
      }),
    end: keepRunning(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }),
  };
}

/** The worker's side: answers calls until it is ended, or until who started it is gone. */
export function serve(acts: Readonly<Record<string, (input: never) => unknown>>): void {
  process.on('disconnect', () => process.exit());
  process.on('message', async ({ id, act, input }: { id: number; act: string; input: never }) => {
    try {
      const value = (await acts[act]?.(input)) ?? null;
      process.send?.({ id, value });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
}
