import { describe, expect, it } from 'vitest';
import {
  defaultRestartPolicy,
  type Failure,
  judgeFailures,
  type RestartPolicy,
  restartPlanOf,
} from '../../src/orchestrator/agents/restart-policy.ts';

const minute = 60_000;
const policy = defaultRestartPolicy;
/** Never gives up, so that the back-off shows its whole length. */
const patient: RestartPolicy = { ...policy, failuresMax: 100 };

/** So many failures, the last one now, so far apart; each life was as short. */
function failures(count: number, { apartMs = 10_000, ranForMs = 500, lastAt = minute * 60 } = {}): Failure[] {
  return Array.from({ length: count }, (_, index) => ({ at: lastAt - index * apartMs, ranForMs }));
}

const now = minute * 60;
const judge = (past: readonly Failure[], at = now) => judgeFailures(past, policy, at);
/** How long after its last failure it may come back; undefined when it is given up. */
function waitMs(past: readonly Failure[], by = policy, at = now): number | undefined {
  const verdict = judgeFailures(past, by, at);
  return verdict.kind === 'give_up' ? undefined : verdict.notBefore - (past[0]?.at ?? at);
}

describe('the restart policy', () => {
  it('is the one of the documentation: 1 s doubling to 60 s, 5 failures in 10 minutes, a minute of health', () => {
    expect(policy).toEqual({
      failuresMax: 5,
      windowMs: 10 * minute,
      backoffMs: 1_000,
      backoffMsMax: 60_000,
      healthyAfterMs: 60_000,
    });
  });

  it('starts at once what never failed', () => {
    expect(judge([])).toEqual({ kind: 'restart', notBefore: now, reason: 'not started yet' });
  });

  it.each([
    [1, 0],
    [2, 1_000],
    [3, 2_000],
    [4, 4_000],
  ])('after failure %i of a row waits %i ms', (count, expected) => {
    expect(waitMs(failures(count))).toBe(expected);
  });

  it('doubles the wait up to a minute and no further', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 50].map((count) => waitMs(failures(count, { apartMs: 1 }), patient));
    expect(waits).toEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('counts the wait from the failure, not from the look at it', () => {
    const past = failures(3);
    expect(judge(past, now + 1_500)).toEqual(judge(past, now));
  });

  it('says which attempt it is, and why it gives up', () => {
    expect(judge(failures(2)).reason).toBe('attempt 2 of 4');
    expect(judge(failures(5)).reason).toBe('5 failures within 10 min');
  });
});

describe('giving up', () => {
  it.each<[string, 'restart' | 'give_up', readonly Failure[]]>([
    ['the fourth failure in ten minutes', 'restart', failures(4)],
    ['the fifth failure in ten minutes', 'give_up', failures(5)],
    ['five, the first just inside the window', 'give_up', failures(5, { apartMs: (10 * minute - 1) / 4 })],
    ['five, the first just outside the window', 'restart', failures(5, { apartMs: (10 * minute) / 4 })],
    ['many failures, seldom enough', 'restart', failures(50, { apartMs: 3 * minute })],
    ['more than five at once', 'give_up', failures(9, { apartMs: 0 })],
  ])('%s → %s', (_name, kind, past) => expect(judge(past).kind).toBe(kind));

  it('lasts however much later it is looked at: only an operator forgives', () => {
    expect(judge(failures(5), now + 24 * 60 * minute).kind).toBe('give_up');
  });
});

describe('a healthy life', () => {
  const crashes = failures(4, { lastAt: now - 2 * minute });

  it.each([
    [59_999, undefined],
    [60_000, 0],
    [3_600_000, 0],
  ])('of %i ms before its end makes the wait %s', (ranForMs, expected) => {
    expect(waitMs([{ at: now, ranForMs }, ...crashes])).toBe(expected);
  });

  it('counts as a failure of its own when crashes follow it', () => {
    const past = [...failures(2), { at: now - minute, ranForMs: 60_000 }, ...crashes];
    expect(waitMs(past)).toBe(2_000);
  });

  it('forgives all that was before it, however many there were', () => {
    expect(waitMs([...failures(1), { at: now - minute, ranForMs: 60_000 }, ...failures(40)])).toBe(1_000);
  });
});

describe('a clock that was set back by an hour', () => {
  const set = now - 60 * minute;

  it('does not hold up the first restart', () => {
    expect(judge(failures(1), set)).toMatchObject({ kind: 'restart', notBefore: set });
  });

  it.each([2, 3, 4])('lets the wait after failure %i end no later than it would have otherwise', (count) => {
    const past = failures(count);
    let time = set;
    // Looks again whenever it was told to, as the reconcile loop does.
    for (let look = 0; look < 10; look += 1) {
      const verdict = judge(past, time);
      if (verdict.kind === 'give_up' || verdict.notBefore <= time) break;
      time = verdict.notBefore;
    }
    expect(time - set).toBeLessThanOrEqual(waitMs(past) ?? Number.NaN);
  });

  it('still gives up on what fails too often', () => {
    expect(judge(failures(5), set).kind).toBe('give_up');
  });
});

describe('the plan that people read', () => {
  const plan = (past: readonly Failure[], aliveForMs?: number, at = now) =>
    restartPlanOf(past, { policy, now: at, aliveSince: aliveForMs === undefined ? undefined : at - aliveForMs });

  it.each<[string, readonly Failure[], number | undefined, number, unknown]>([
    ['what never ran starts at once', [], undefined, 0, { attempt: 0, attemptsMax: 4, delayMs: 0 }],
    ['the first end is mended at once', failures(1), undefined, 1, { attempt: 1, attemptsMax: 4, delayMs: 0 }],
    ['the third waits', failures(3), undefined, 3, { attempt: 3, attemptsMax: 4, delayMs: 2_000 }],
    ['the fifth was the last', failures(5), undefined, 5, null],
    ['a life without failures', [], 500, 0, { attempt: 1, attemptsMax: 4, delayMs: 0 }],
    ['a short life after two failures', failures(2), 500, 2, { attempt: 3, attemptsMax: 4, delayMs: 2_000 }],
    ['a short life after four', failures(4), 500, 4, null],
    ['a life that has been healthy', failures(4), 60_000, 0, { attempt: 1, attemptsMax: 4, delayMs: 0 }],
  ])('%s', (_name, past, aliveForMs, counted, next) => {
    expect(plan(past, aliveForMs)).toEqual({
      failures: counted,
      failuresMax: 5,
      windowSeconds: 600,
      healthyAfterSeconds: 60,
      next,
    });
  });

  it('tells the same wait however late it is looked at', () => {
    expect(plan(failures(3), undefined, now + 1_500).next).toMatchObject({ delayMs: 2_000 });
  });
});
