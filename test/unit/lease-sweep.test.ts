import { expect, it } from 'vitest';
import { createLeaseSweep } from '../../src/orchestrator/tasks/lease-sweep.ts';
import { fakeClock } from '../support/fake-clock.ts';

const graceMs = 30_000;
const hourMs = 3_600_000;

function watchOver() {
  const time = fakeClock(hourMs);
  let released = 0;
  const database = { isAway: false };
  const leases = createLeaseSweep({
    clock: time.clock,
    graceMs,
    release: async () => {
      released += 1;
      return 1;
    },
  });
  /** Sweeps every second for so long; how often leases were released. */
  async function passes(seconds: number): Promise<number> {
    const before = released;
    for (let second = 0; second < seconds; second += 1) {
      // As whatever else is swept finds out.
      if (database.isAway) leases.forget();
      await leases.sweep();
      await time.advance(1_000);
    }
    return released - before;
  }
  return { time, database, passes };
}

it('a new leader gives every heart time to beat before it releases a claim', async () => {
  const { passes } = watchOver();
  expect(await passes(30)).toBe(0);
  expect(await passes(10)).toBe(10);
});

it.each([
  ['forward', hourMs],
  ['back', -hourMs],
])('a clock set %s ends no lease by itself, and stops no sweep for long', async (_way, jumpMs) => {
  const { time, passes } = watchOver();
  await passes(31);
  time.set(time.clock.now() + jumpMs);
  expect(await passes(30)).toBe(0);
  expect(await passes(10)).toBe(10);
});

it('after an absence of the database, in which nobody could renew a lease, every heart may beat again', async () => {
  const { database, passes } = watchOver();
  await passes(31);
  database.isAway = true;
  await passes(60);
  database.isAway = false;
  expect(await passes(29)).toBe(0);
  expect(await passes(10)).toBe(10);
});
