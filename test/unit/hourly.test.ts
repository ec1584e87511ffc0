import { expect, it } from 'vitest';
import { hourly } from '../../src/orchestrator/budgets/hourly.ts';
import { fakeClock } from '../support/fake-clock.ts';

const minuteMs = 60_000;

it('work that is hourly is done at once, once an hour, and again at the next look when it failed', async () => {
  const { clock, advance, set } = fakeClock(Date.UTC(2030, 0, 1));
  let runs = 0;
  let fails = false;
  const look = hourly(clock, async () => {
    runs += 1;
    if (fails) throw new Error('the database is away');
  });
  await look();
  await look();
  await advance(59 * minuteMs);
  // Somebody sets the clock: an hour lasts as long as before.
  set(Date.UTC(2031, 0, 1));
  await look();
  expect(runs).toBe(1);
  fails = true;
  await advance(minuteMs);
  await expect(look()).rejects.toThrow('away');
  fails = false;
  await look();
  await look();
  expect(runs).toBe(3);
});
