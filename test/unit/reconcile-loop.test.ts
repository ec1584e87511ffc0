import { describe, expect, it } from 'vitest';
import {
  createReconcileLoop,
  type PassReason,
  type ReconcileDeps,
} from '../../src/orchestrator/agents/reconcile-loop.ts';
import { fakeClock } from '../support/fake-clock.ts';

type Pass = ReconcileDeps['reconcile'];

function setUp(reconcile: Pass, parts: Partial<ReconcileDeps> = {}) {
  const time = fakeClock();
  const errors: [string, unknown][] = [];
  const loop = createReconcileLoop({
    clock: time.clock,
    keys: async () => [],
    reconcile,
    onError: (key, error) => errors.push([key, error]),
    resyncMs: 30_000,
    retryMs: 100,
    retryMsMax: 1_000,
    ...parts,
  });
  return { ...time, loop, errors };
}

/** A pass that lasts until the test ends it. */
function held() {
  const seen: { key: string; reasons: PassReason[] }[] = [];
  const waiting: (() => void)[] = [];
  const reconcile: Pass = (key, reasons) => {
    seen.push({ key, reasons: [...reasons] });
    return new Promise((resolve) => waiting.push(() => resolve({})));
  };
  return { reconcile, seen, finishOne: () => waiting.shift()?.() };
}

/** Notes when it was called, and does `then`. */
function noting(at: number[], clock: () => number, then: (count: number) => { recheckAt?: number } = () => ({})): Pass {
  return async () => {
    at.push(clock());
    return then(at.length);
  };
}

describe('a wake', () => {
  it('during a pass causes one more pass, which knows every reason that came meanwhile', async () => {
    const { reconcile, seen, finishOne } = held();
    const { loop, settle } = setUp(reconcile);
    loop.wake('ceo', 'operator');
    await settle();
    for (const reason of ['runtime', 'runtime', 'profile'] as const) loop.wake('ceo', reason);
    finishOne();
    await settle();
    finishOne();
    await settle();
    expect(seen.map(({ reasons }) => reasons)).toEqual([['operator'], ['runtime', 'profile']]);
  });

  it('never makes two passes over one key at once, and lets two keys be worked on side by side', async () => {
    const { reconcile, seen, finishOne } = held();
    const { loop, settle } = setUp(reconcile);
    for (const key of ['ceo', 'cto', 'ceo', 'cto']) loop.wake(key, 'operator');
    await settle();
    expect(seen.map(({ key }) => key)).toEqual(['ceo', 'cto']);
    finishOne();
    await settle();
    expect(seen.map(({ key }) => key)).toEqual(['ceo', 'cto', 'ceo']);
  });

  it('that the pass itself gives for its own key waits for the end of this pass', async () => {
    let live = 0;
    let peak = 0;
    let passes = 0;
    const { loop, settle, advance } = setUp(async () => {
      passes += 1;
      live += 1;
      peak = Math.max(peak, live);
      if (passes === 1) loop.wake('ceo', 'runtime');
      await Promise.resolve();
      live -= 1;
      return {};
    });
    loop.wake('ceo', 'operator');
    await settle();
    await advance(1_000);
    expect({ passes, peak }).toEqual({ passes: 2, peak: 1 });
  });

  it('is one more pass even when it comes in the very turn in which the last pass ends', async () => {
    // The end of a pass takes a few turns of the event loop; the wake is tried in each of them.
    for (let turn = 0; turn < 12; turn += 1) {
      const { reconcile, seen, finishOne } = held();
      const { loop, settle } = setUp(reconcile);
      loop.wake('ceo', 'operator');
      await settle();
      finishOne();
      for (let passed = 0; passed < turn; passed += 1) await Promise.resolve();
      loop.wake('ceo', 'runtime');
      await settle();
      expect(seen.map(({ reasons }) => reasons)).toEqual([['operator'], ['runtime']]);
    }
  });

  it('for all wakes every key there is, and an error in finding them is told, not thrown', async () => {
    const { reconcile, seen } = held();
    let fail = false;
    const keys = async () => {
      if (fail) throw new Error('database away');
      return ['ceo', 'cto'];
    };
    const { loop, errors, settle } = setUp(reconcile, { keys });
    await loop.wakeAll('profile');
    await settle();
    expect(seen).toEqual([
      { key: 'ceo', reasons: ['profile'] },
      { key: 'cto', reasons: ['profile'] },
    ]);
    fail = true;
    await loop.wakeAll('profile');
    expect(errors).toEqual([['*', new Error('database away')]]);
  });
});

describe('a pass that fails', () => {
  it('is repeated after 100 ms, doubling to the longest wait, and each failure is told', async () => {
    const at: number[] = [];
    const { loop, errors, advance } = setUp(async () => {
      at.push(at.length);
      throw new Error(`failure ${at.length}`);
    });
    const startedAt: number[] = [];
    loop.wake('ceo', 'operator');
    for (let elapsed = 0; elapsed < 4_000; elapsed += 100) {
      await advance(0);
      while (startedAt.length < at.length) startedAt.push(elapsed);
      await advance(100);
    }
    expect(startedAt).toEqual([0, 100, 300, 700, 1_500, 2_500, 3_500]);
    expect(errors).toHaveLength(at.length);
    expect(errors[0]).toEqual(['ceo', new Error('failure 1')]);
  });

  it('once repeated with success has its failures forgotten', async () => {
    const at: number[] = [];
    let failing = 3;
    const { loop, clock, advance } = setUp(async () => {
      at.push(clock.now());
      failing -= 1;
      if (failing >= 0) throw new Error('not yet');
      return {};
    });
    loop.wake('ceo', 'operator');
    await advance(5_000);
    failing = 1;
    loop.wake('ceo', 'operator');
    await advance(5_000);
    expect(at).toEqual([0, 100, 300, 700, 5_000, 5_100]);
  });

  it('holds up no other key, and waits for no repetition when there is news', async () => {
    const at: [string, number][] = [];
    const { loop, clock, advance } = setUp(async (key) => {
      at.push([key, clock.now()]);
      if (key === 'ceo') throw new Error('always');
      return {};
    });
    loop.wake('ceo', 'operator');
    loop.wake('cto', 'operator');
    await advance(50);
    loop.wake('ceo', 'runtime');
    await advance(0);
    expect(at).toEqual([
      ['ceo', 0],
      ['cto', 0],
      ['ceo', 50],
    ]);
  });
});

describe('the resync', () => {
  it('looks at every key at boot and every 30 s, so that a missed event costs seconds', async () => {
    const seen: PassReason[][] = [];
    const at: number[] = [];
    const { loop, clock, advance } = setUp(
      async (_key, reasons) => {
        seen.push([...reasons]);
        at.push(clock.now());
        return {};
      },
      { keys: async () => ['ceo'] },
    );
    loop.start();
    loop.start();
    await advance(61_000);
    expect(seen).toEqual([['boot'], ['resync'], ['resync']]);
    expect(at).toEqual([0, 30_000, 60_000]);
  });

  it('goes on after the keys could not be read', async () => {
    let reads = 0;
    const at: number[] = [];
    const keys = async () => {
      reads += 1;
      if (reads === 2) throw new Error('database away');
      return ['ceo'];
    };
    const { loop, errors, clock, advance } = setUp(
      noting(at, () => clock.now()),
      { keys },
    );
    loop.start();
    await advance(61_000);
    expect(at).toEqual([0, 60_000]);
    expect(errors).toEqual([['*', new Error('database away')]]);
  });
});

describe('a recheck', () => {
  it.each([
    ['ahead', 8_000, 8_000],
    ['at this moment', 0, 0],
    ['in the past', -5_000, 0],
  ])('that a pass asks for %s comes then, once', async (_when, recheckAt, expected) => {
    const at: number[] = [];
    const { loop, clock, advance } = setUp(
      noting(
        at,
        () => clock.now(),
        (count) => (count === 1 ? { recheckAt } : {}),
      ),
    );
    loop.wake('ceo', 'runtime');
    await advance(60_000);
    expect(at).toEqual([0, expected]);
  });

  it('is one per key: a pass in between replaces it', async () => {
    const at: number[] = [];
    const again = (count: number) => (count < 3 ? { recheckAt: clock.now() + 8_000 } : {});
    const { loop, clock, advance, sleepers } = setUp(noting(at, () => clock.now(), again));
    loop.wake('ceo', 'runtime');
    await advance(5_000);
    loop.wake('ceo', 'operator');
    await advance(0);
    expect(sleepers()).toBe(1);
    await advance(30_000);
    expect(at).toEqual([0, 5_000, 13_000]);
  });
});

describe('stopping', () => {
  it('waits for the pass under way, tells it so, and starts none: neither pending, nor new, nor by any alarm', async () => {
    const signals: AbortSignal[] = [];
    let finish = () => {};
    const { loop, settle, advance } = setUp(
      (_key, _reasons, signal) => {
        signals.push(signal);
        return new Promise((resolve) => {
          finish = () => resolve({ recheckAt: 0 });
        });
      },
      { keys: async () => ['ceo'] },
    );
    loop.start();
    await settle();
    loop.wake('ceo', 'runtime');
    let stopped = false;
    const stopping = loop.stop().then(() => {
      stopped = true;
    });
    loop.wake('cto', 'operator');
    await advance(60_000);
    expect({ stopped, aborted: signals.map(({ aborted }) => aborted) }).toEqual({ stopped: false, aborted: [true] });
    finish();
    await stopping;
    await advance(60_000);
    expect(signals).toHaveLength(1);
  });

  it('leaves nobody asleep', async () => {
    const { loop, advance, sleepers } = setUp(async () => ({ recheckAt: 100_000 }), { keys: async () => ['ceo'] });
    loop.start();
    await advance(1_000);
    expect(sleepers()).toBe(2);
    await loop.stop();
    expect(sleepers()).toBe(0);
  });
});
