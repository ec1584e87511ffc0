import type { ObservedExit } from '../agents/runtime.ts';

/** An end as the engine has it, from its events or from the container's state. */
export interface EngineExit {
  readonly code: number;
  readonly oomKilled: boolean;
  readonly startedAt: number | undefined;
  readonly at: number | undefined;
}

export const exitOf = ({ code, oomKilled, startedAt, at }: EngineExit): ObservedExit => ({
  at,
  ranForMs: startedAt === undefined || at === undefined ? undefined : Math.max(at - startedAt, 0),
  code,
  signal: signalOf(code),
  oomKilled: oomKilled || heapAborts.has(code),
});

/**
 * V8 aborts when its heap is full, which no cgroup sees. 134 is that abort under an init; as process 1 of the container,
 * where the kernel drops a SIGABRT sent to oneself, the C library goes on to a forced fault: 139, what we get.
 * A genuine segmentation fault of Node looks the same, and is far rarer. 137 alone proves nothing: `docker kill` and
 * the end of a stop's grace give it as well, and an out-of-memory kill by the kernel is flagged by the engine.
 */
const heapAborts = new Set([134, 139]);

/** Linux's numbers, whatever the orchestrator runs on. */
const signals: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  12: 'SIGUSR2',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
};

/** The engine reports an end by signal n as exit code 128 + n. A program can exit with such a code of its own accord. */
const signalOf = (code: number): string | null => signals[code - 128] ?? null;
