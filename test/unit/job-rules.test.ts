import { describe, expect, it } from 'vitest';
import type { CatchUp } from '../../src/contracts/job.ts';
import { dueOf, refusalOf, slotsOf } from '../../src/orchestrator/jobs/rules.ts';

const at = (time: string) => Date.parse(`2030-${time}Z`);
const shown = (moment: number | null | undefined) =>
  moment === null || moment === undefined ? moment : new Date(moment).toISOString().slice(5, 19);

describe('the slots of a schedule', () => {
  it.each<[string, string, string, string, string]>([
    ['*/5 * * * *', 'UTC', '01-01T10:02:00', '01-01T10:05:00', '01-01T10:00:00'],
    ['*/5 * * * *', 'UTC', '01-01T10:05:00', '01-01T10:10:00', '01-01T10:05:00'],
    ['every 15s', 'UTC', '01-01T10:00:44', '01-01T10:00:45', '01-01T10:00:30'],
    ['every 15s', 'UTC', '01-01T10:00:45', '01-01T10:01:00', '01-01T10:00:45'],
    ['every 200ms', 'UTC', '01-01T10:00:00.200', '01-01T10:00:00', '01-01T10:00:00'],
    ['0 9 * * 1-5', 'Europe/Berlin', '01-04T12:00:00', '01-07T08:00:00', '01-04T08:00:00'],
    // The clocks of Berlin jump from two to three in this night: half past two is kept at three, and once.
    ['30 2 * * *', 'Europe/Berlin', '03-30T12:00:00', '03-31T01:00:00', '03-30T01:30:00'],
    ['30 2 * * *', 'Europe/Berlin', '03-31T01:00:00', '04-01T00:30:00', '03-31T01:00:00'],
    // And back in this one: half past two comes twice, and is kept once.
    ['30 2 * * *', 'Europe/Berlin', '10-27T00:30:00', '10-28T01:30:00', '10-27T00:30:00'],
  ])('of %s in %s at %s: next %s, last %s', (schedule, timeZone, now, next, last) => {
    const slots = slotsOf(schedule, timeZone);
    expect([shown(slots.after(at(now))), shown(slots.upTo(at(now)))]).toEqual([next, last]);
  });
});

describe('what is due', () => {
  const hourly = slotsOf('0 * * * *', 'UTC');
  const due = (catchUp: CatchUp, lastSlot: string, now: string) => {
    const { slot, lastSlot: dealtWith, nextAt } = dueOf(hourly, { catchUp, lastSlot: at(lastSlot) }, at(now));
    return [shown(slot), shown(dealtWith), shown(nextAt)];
  };

  it.each<[string, CatchUp, string, string, [string | undefined, string, string]]>([
    [
      'nothing before the slot',
      'latest',
      '01-01T10:00:00',
      '01-01T10:59:59',
      [undefined, '01-01T10:00:00', '01-01T11:00:00'],
    ],
    [
      'the slot when it comes',
      'latest',
      '01-01T10:00:00',
      '01-01T11:00:00',
      ['01-01T11:00:00', '01-01T11:00:00', '01-01T12:00:00'],
    ],
    [
      'only the last of several missed',
      'latest',
      '01-01T10:00:00',
      '01-01T14:30:00',
      ['01-01T14:00:00', '01-01T14:00:00', '01-01T15:00:00'],
    ],
    [
      'each of several missed, the first of them now',
      'all',
      '01-01T10:00:00',
      '01-01T14:30:00',
      ['01-01T11:00:00', '01-01T11:00:00', '01-01T12:00:00'],
    ],
    [
      'none of several missed',
      'skip',
      '01-01T10:00:00',
      '01-01T14:30:00',
      [undefined, '01-01T14:00:00', '01-01T15:00:00'],
    ],
    [
      'a slot that is hardly late',
      'skip',
      '01-01T10:00:00',
      '01-01T11:01:00',
      ['01-01T11:00:00', '01-01T11:00:00', '01-01T12:00:00'],
    ],
    [
      'nothing twice when the clock is set back',
      'latest',
      '01-01T10:00:00',
      '01-01T09:00:00',
      [undefined, '01-01T10:00:00', '01-01T11:00:00'],
    ],
    [
      'nothing twice, not even of each',
      'all',
      '01-01T10:00:00',
      '01-01T09:30:00',
      [undefined, '01-01T10:00:00', '01-01T11:00:00'],
    ],
  ])('is %s (%s)', (_what, catchUp, lastSlot, now, expected) => {
    expect(due(catchUp, lastSlot, now)).toEqual(expected);
  });
});

describe('a schedule of an operator', () => {
  it.each([
    ['0 9 * * 1-5', 'UTC', undefined],
    ['@daily', 'Europe/Berlin', undefined],
    ['61 * * * *', 'UTC', /^schedule: "61 \* \* \* \*" cannot be read \(.*61\); it must be five fields/],
    ['* * *', 'UTC', /^schedule: /],
    ['*/5 * * * * *', 'UTC', /^schedule: /],
    ['every 1s', 'UTC', /^schedule: /],
    ['0 0 30 2 *', 'UTC', /^schedule: .* is never due/],
    ['0 9 * * *', 'Mars/Olympus', /^timeZone: "Mars\/Olympus" is no time zone/],
  ])('"%s" in %s is judged', (schedule, timeZone, because) => {
    const refusal = refusalOf(schedule, timeZone, at('01-01T00:00:00'));
    if (because === undefined) expect(refusal).toBeUndefined();
    else expect(`${refusal?.path}: ${refusal?.message}`).toMatch(because);
  });
});
