import type { Session } from '../session.ts';

const waitMsMin = 250;
/** Not longer: a person watches, and is to see the return at once. */
const waitMsMax = 3_000;

/** Doubles up to the maximum; half of it is chance, so that many who follow do not knock all at once. */
export const waitMs = (failures: number, chance: number): number =>
  Math.round(Math.min(waitMsMax, waitMsMin * 2 ** Math.min(failures, 10)) * (0.5 + chance / 2));

/** Says once that it is gone and once that it is back, and waits between the attempts. */
export interface Patience {
  /** It went well: news of the next failure is news again. */
  readonly recovered: () => void;
  /** Waits before the next attempt; says why, if nobody knows it yet. */
  readonly wait: (why: string) => Promise<void>;
}

export function createPatience({ clock, screen, signal }: Pick<Session, 'clock' | 'screen' | 'signal'>): Patience {
  let failures = 0;
  let said: string | undefined;
  return {
    recovered: () => {
      if (said !== undefined) screen.note('(it goes on)');
      failures = 0;
      said = undefined;
    },
    wait: async (why) => {
      if (signal.aborted) return;
      if (said !== why) screen.note(`(${why})`);
      said = why;
      await clock.sleep(waitMs(failures, clock.random()), signal);
      failures += 1;
    },
  };
}
