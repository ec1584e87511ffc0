import { Cron } from 'croner';
import type { CatchUp } from '../../contracts/job.ts';

/** The moments at which a job is due, its slots, in milliseconds since 1970. */
export interface Slots {
  /** The first after `moment`; undefined when there is none any more. */
  after(moment: number): number | undefined;
  /** The last at or before `moment`; undefined when there was none. */
  upTo(moment: number): number | undefined;
}

/** Five fields of cron, six with seconds first, or `every 15s` or `every 200ms`: multiples of it since 1970. Throws a sentence. */
export function slotsOf(schedule: string, timeZone: string): Slots {
  const interval = /^every ([1-9]\d{0,8})(ms|s)$/.exec(schedule);
  if (interval) return everyMs(Number(interval[1]) * (interval[2] === 's' ? 1_000 : 1));
  const cron = new Cron(schedule, { mode: '5-or-6-parts', paused: true, timezone: timeZone });
  return {
    after: (moment) => cron.nextRun(new Date(moment))?.getTime(),
    // It looks for what lies before its reference; we want that very moment too.
    upTo: (moment) => cron.previousRuns(1, new Date(moment + 1))[0]?.getTime(),
  };
}

const everyMs = (ms: number): Slots => ({
  after: (moment) => (Math.floor(moment / ms) + 1) * ms,
  upTo: (moment) => Math.floor(moment / ms) * ms,
});

/** What an operator may write: to the minute, and due at some time. Else the reason why not. */
export function refusalOf(
  schedule: string,
  timeZone: string,
  now: number,
): { path: string; message: string } | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    return { path: 'timeZone', message: `"${timeZone}" is no time zone; it must be one such as Europe/Berlin` };
  }
  const because = (message: string) => ({
    path: 'schedule',
    message: `"${schedule}" ${message}; it must be five fields of cron such as 0 9 * * 1-5, or @daily`,
  });
  try {
    const cron = new Cron(schedule, { mode: '5-part', paused: true, timezone: timeZone });
    return cron.nextRun(new Date(now)) === null ? because('is never due') : undefined;
  } catch (error) {
    return because(`cannot be read (${error instanceof Error ? error.message.replace(/^Cron\w+: /, '') : 'unknown'})`);
  }
}

export interface Standing {
  /** The last slot that was dealt with. */
  readonly lastSlot: number;
  readonly catchUp: CatchUp;
}

export interface Due {
  /** To be run now; undefined when there is none. */
  readonly slot: number | undefined;
  /** Dealt with by this: slots up to here are run, or given up. */
  readonly lastSlot: number;
  /** When to look again; null: never. */
  readonly nextAt: number | null;
}

/** Later than this a slot counts as missed: no replica was there, or an earlier run took too long. */
export const lateMsMax = 60_000;

/** Which slot is due. A clock that was set back finds the slots dealt with that it passes again. */
export function dueOf(slots: Slots, { lastSlot, catchUp }: Standing, now: number): Due {
  const first = slots.after(lastSlot);
  if (first === undefined || first > now) return { slot: undefined, lastSlot, nextAt: first ?? null };
  const latest = Math.max(slots.upTo(now) ?? first, first);
  const chosen = catchUp === 'all' ? first : latest;
  const slot = catchUp === 'skip' && now - latest > lateMsMax ? undefined : chosen;
  return { slot, lastSlot: chosen, nextAt: slots.after(chosen) ?? null };
}
