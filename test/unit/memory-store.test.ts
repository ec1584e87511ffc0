import { expect, it } from 'vitest';
import { createMemoryStore } from '../../src/orchestrator/http/memory-store.ts';
import { fakeClock } from '../support/fake-clock.ts';

const windowMs = 60_000;

function counting() {
  const time = fakeClock(3_600_000);
  const store = createMemoryStore(time.clock, windowMs);
  return { time, store };
}

it('counts each key within its window, and anew in the next', async () => {
  const { time, store } = counting();
  expect([1, 2, 3].map(() => store.increment('a').totalHits)).toEqual([1, 2, 3]);
  expect(store.increment('b').totalHits).toBe(1);
  await time.advance(windowMs - 1);
  expect(store.increment('a').totalHits).toBe(4);
  await time.advance(1);
  expect(store.increment('a').totalHits).toBe(1);
});

it.each([-3_600_000, 3_600_000])('a clock set by %i ms makes no window longer or shorter', async (jumpMs) => {
  const { time, store } = counting();
  store.increment('a');
  time.set(time.clock.now() + jumpMs);
  await time.advance(windowMs / 2);
  const { totalHits, resetTime } = store.increment('a');
  expect(totalHits).toBe(2);
  expect(resetTime?.getTime()).toBe(time.clock.now() + windowMs / 2);
  await time.advance(windowMs / 2);
  expect(store.increment('a').totalHits).toBe(1);
});

it('takes back a hit, and forgets a key', () => {
  const { store } = counting();
  store.increment('a');
  store.decrement('a');
  store.decrement('unknown');
  expect(store.increment('a').totalHits).toBe(1);
  store.resetKey('a');
  expect(store.increment('a').totalHits).toBe(1);
});

it('does not keep keys whose window is over', async () => {
  const { time, store } = counting();
  for (let key = 0; key < 1_000; key += 1) store.increment(`${key}`);
  await time.advance(windowMs);
  for (let key = 0; key < 1_000; key += 1) expect(store.increment(`${key}`).totalHits).toBe(1);
});
