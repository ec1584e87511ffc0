import type { Clock } from './clock.ts';

type Level = 'info' | 'warn' | 'error';

/** One JSON line for each thing; the container's log is its only reader. */
export type Log = (level: Level, msg: string) => void;

export interface LogOptions {
  readonly clock: Clock;
  readonly write: (line: string) => void;
  /** Never shown, even when an error's message quotes it. */
  readonly secret: string;
}

export function createLog({ clock, write, secret }: LogOptions): Log {
  return (level, msg) => {
    const text = secret === '' ? msg : msg.replaceAll(secret, '[token]');
    write(`${JSON.stringify({ time: clock.timestamp(), level, msg: text })}\n`);
  };
}

export const messageOf = (error: unknown): string =>
  error instanceof Error && error.message !== '' ? error.message : String(error);
