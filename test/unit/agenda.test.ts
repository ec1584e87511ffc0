import { describe, expect, it } from 'vitest';
import {
  type AgendaItem,
  agendaOf,
  type LoopBreakerLimits,
  scheduledTime,
  type WakeAttempt,
} from '../../src/orchestrator/agents/agenda.ts';

const limits: LoopBreakerLimits = { attemptsMax: 5, retryMs: 10_000 };
const never = Number.POSITIVE_INFINITY;
const start = 1_000_000;

const item = (parts: Partial<AgendaItem> = {}): AgendaItem => ({
  reason: 'task',
  subject: 'tsk_1',
  fingerprint: 'pending 0',
  ...parts,
});

const attempt = (parts: Partial<WakeAttempt> = {}): WakeAttempt => ({
  ...item(),
  attempts: 1,
  lastAt: start,
  broken: false,
  ...parts,
});

const agenda = (
  items: readonly AgendaItem[],
  { attempts = [], now = start, scheduledAt = never }: Partial<Parameters<typeof agendaOf>[0]> = {},
) => agendaOf({ items, attempts, now, scheduledAt, limits });

type Verdict = 'due' | 'stuck' | 'quiet';
function verdictOn(given: AgendaItem, attempts: readonly WakeAttempt[], now = start): Verdict {
  const { due, stuck } = agenda([given], { attempts, now });
  if (due.length > 0) return 'due';
  return stuck.length > 0 ? 'stuck' : 'quiet';
}

/** An agent that is woken for one thing and changes nothing about it: when it is woken, and when it counts as stuck. */
function runInCircles(given: AgendaItem) {
  const wokenAt: number[] = [];
  let before: WakeAttempt | undefined;
  for (let now = 0; now < 3_600_000; now += 1_000) {
    const { due, stuck } = agenda([given], { attempts: before ? [before] : [], now });
    if (stuck.length > 0) return { wokenAt, stuckAt: now };
    if (due.length === 0) continue;
    wokenAt.push(now);
    before = attempt({ ...given, attempts: (before?.attempts ?? 0) + 1, lastAt: now });
  }
  return { wokenAt, stuckAt: undefined };
}

describe('the loop breaker', () => {
  it('wakes five times for the same unchanged thing, each time after twice the wait, and then calls it stuck', () => {
    expect(runInCircles(item())).toEqual({ wokenAt: [0, 10_000, 30_000, 70_000, 150_000], stuckAt: 310_000 });
  });

  it.each<[string, WakeAttempt, number, Verdict]>([
    ['woken once, a moment ago', attempt(), start + 9_999, 'quiet'],
    ['woken once, long enough ago', attempt(), start + 10_000, 'due'],
    ['woken three times, not long enough ago', attempt({ attempts: 3 }), start + 39_999, 'quiet'],
    ['woken three times, long enough ago', attempt({ attempts: 3 }), start + 40_000, 'due'],
    ['woken five times, the last wake still fresh', attempt({ attempts: 5 }), start + 159_999, 'quiet'],
    ['woken five times, to no avail', attempt({ attempts: 5 }), start + 160_000, 'stuck'],
    ['woken more often than allowed', attempt({ attempts: 9 }), start + 10_000_000, 'stuck'],
    ['given up', attempt({ attempts: 5, broken: true }), start + 10_000_000, 'quiet'],
  ])('%s', (_name, before, now, verdict) => expect(verdictOn(item(), [before], now)).toBe(verdict));

  it.each<[string, Partial<WakeAttempt>]>([
    ['just been woken', { attempts: 1 }],
    ['been woken five times', { attempts: 5 }],
    ['been given up', { attempts: 5, broken: true }],
  ])('begins anew at once when the thing has changed, though the agent had %s for its former state', (_name, parts) => {
    expect(verdictOn(item({ fingerprint: 'in_progress 1' }), [attempt(parts)])).toBe('due');
  });

  it.each<[string, Partial<AgendaItem>]>([
    ['another subject', { subject: 'tsk_2' }],
    ['another reason', { reason: 'decision' }],
  ])('counts %s by itself', (_name, parts) => {
    expect(verdictOn(item(parts), [attempt({ attempts: 5, broken: true })])).toBe('due');
  });

  it('holds nothing back for hours because the clock was set back', () => {
    expect(verdictOn(item(), [attempt({ lastAt: start + 3_600_000 })])).toBe('due');
    expect(verdictOn(item(), [attempt({ lastAt: start + 3_600_000, attempts: 5 })])).toBe('stuck');
  });

  it('names what is stuck apart, and wakes nobody for it', () => {
    const stuck = item();
    const fine = item({ subject: 'tsk_2' });
    const result = agenda([stuck, fine], { attempts: [attempt({ attempts: 5, lastAt: 0 })] });
    expect(result).toEqual({ wakes: [{ reason: 'task', subjects: ['tsk_2'] }], due: [fine], stuck: [stuck] });
  });
});

describe('the wakes of an agenda', () => {
  it('are none when nothing is due', () => {
    expect(agenda([])).toEqual({ wakes: [], due: [], stuck: [] });
    expect(agenda([item()], { attempts: [attempt()] })).toEqual({ wakes: [], due: [], stuck: [] });
  });

  it('collapse by reason, the operator’s first and the schedule’s last', () => {
    const items = [
      item({ reason: 'message', subject: 'inbox' }),
      item({ reason: 'task', subject: 'tsk_1' }),
      item({ reason: 'decision', subject: 'dec_1' }),
      item({ reason: 'task', subject: 'tsk_2' }),
      item({ reason: 'operator', subject: 'inbox' }),
    ];
    expect(agenda(items, { scheduledAt: start }).wakes).toEqual([
      { reason: 'operator', subjects: ['inbox'] },
      { reason: 'decision', subjects: ['dec_1'] },
      { reason: 'task', subjects: ['tsk_1', 'tsk_2'] },
      { reason: 'message', subjects: ['inbox'] },
      { reason: 'schedule', subjects: [] },
    ]);
  });

  it('name fifty subjects at most, the first ones', () => {
    const items = Array.from({ length: 120 }, (_, index) => item({ subject: `tsk_${index}` }));
    const [wake, ...others] = agenda(items).wakes;
    expect(others).toEqual([]);
    expect(wake?.subjects).toEqual(items.slice(0, 50).map(({ subject }) => subject));
  });
});

describe('the schedule', () => {
  it.each([
    [start + 1, []],
    [start, [{ reason: 'schedule', subjects: [] }]],
    [start - 1, [{ reason: 'schedule', subjects: [] }]],
  ])('due at %i, looked at now, makes the wakes %j', (scheduledAt, wakes) => {
    expect(agenda([], { scheduledAt }).wakes).toEqual(wakes);
  });

  it.each([
    [0, 90_000],
    [0.25, 95_000],
    [0.5, 100_000],
    [1, 110_000],
  ])('with a jitter of %d comes %d ms after an interval of 100 s began', (jitter, afterMs) => {
    expect(scheduledTime({ scheduledFrom: start, jitter }, 100)).toBeCloseTo(start + afterMs);
  });
});
