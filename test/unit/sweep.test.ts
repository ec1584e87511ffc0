import { describe, expect, it } from 'vitest';
import { createSweep } from '../../src/orchestrator/sweep.ts';
import { fakeClock } from '../support/fake-clock.ts';

const everyMs = 15_000;

function setUp(...work: (() => Promise<unknown>)[]) {
  const time = fakeClock();
  const errors: unknown[] = [];
  const sweep = createSweep({ clock: time.clock, everyMs, work, onError: (error) => errors.push(error) });
  return { ...time, sweep, errors };
}

/** Work that lasts until the test ends it. */
function held() {
  const count = { begun: 0 };
  let finish = () => {};
  const step = () => {
    count.begun += 1;
    return new Promise<void>((resolve) => {
      finish = resolve;
    });
  };
  return { step, count, finish: () => finish() };
}

describe('a sweep', () => {
  it('works at once when it starts, and again each 15 s', async () => {
    const at: number[] = [];
    const { sweep, clock, advance } = setUp(async () => at.push(clock.now()));
    sweep.start();
    sweep.start();
    await advance(2 * everyMs);
    expect(at).toEqual([0, everyMs, 2 * everyMs]);
  });

  it('does one step after the other, in their order', async () => {
    const done: string[] = [];
    const { step, finish } = held();
    const { sweep, settle } = setUp(step, async () => done.push('leases'));
    sweep.start();
    await settle();
    expect(done).toEqual([]);
    finish();
    await settle();
    expect(done).toEqual(['leases']);
  });

  it('does not begin a round before the last one has ended, however long that takes', async () => {
    const { step, count, finish } = held();
    const { sweep, advance } = setUp(step);
    sweep.start();
    await advance(10 * everyMs);
    expect(count.begun).toBe(1);
    finish();
    await advance(everyMs);
    expect(count.begun).toBe(2);
  });

  it('is held up by no step that fails: the others run, the next round comes, and each failure is told', async () => {
    let leases = 0;
    const { sweep, errors, advance } = setUp(
      () => Promise.reject(new Error('database away')),
      async () => {
        leases += 1;
      },
    );
    sweep.start();
    await advance(everyMs);
    expect([leases, errors]).toEqual([2, [new Error('database away'), new Error('database away')]]);
  });

  it('is stopped at once when it rests, and leaves nobody asleep', async () => {
    const { sweep, settle, clock, sleepers } = setUp(async () => undefined);
    sweep.start();
    await settle();
    await sweep.stop();
    expect([clock.now(), sleepers()]).toEqual([0, 0]);
  });

  it('is stopped when the step under way is done, and begins no other round', async () => {
    const { step, count, finish } = held();
    const { sweep, settle, advance } = setUp(step);
    sweep.start();
    await settle();
    let stopped = false;
    const stopping = sweep.stop().then(() => {
      stopped = true;
    });
    await advance(everyMs);
    expect(stopped).toBe(false);
    finish();
    await stopping;
    await advance(everyMs);
    expect(count.begun).toBe(1);
  });
});
