import { describe, expect, it } from 'vitest';
import { createLiveness } from '../../src/orchestrator/agents/liveness.ts';
import { fakeClock } from '../support/fake-clock.ts';

const life = (heartbeats: number, id = 'ins_1', agentType = 'cmo') => ({ id, agentType, heartbeats });

function setUp() {
  const { clock, advance, set } = fakeClock(1_000_000);
  return { liveness: createLiveness(clock.monotonic), advance, set };
}

describe('an agent’s silence', () => {
  it('begins when it is first looked at, however long ago its last heartbeat was', async () => {
    const { liveness, advance } = setUp();
    await advance(3_600_000);
    expect(liveness.look(life(7), undefined).silentForMs).toBe(0);
    await advance(5_000);
    expect(liveness.look(life(7), undefined).silentForMs).toBe(5_000);
  });

  it('grows while its heartbeats do not, and is over with the next one', async () => {
    const { liveness, advance } = setUp();
    const seen: number[] = [];
    for (const heartbeats of [1, 1, 1, 2, 2]) {
      seen.push(liveness.look(life(heartbeats), undefined).silentForMs);
      await advance(10_000);
    }
    expect(seen).toEqual([0, 10_000, 20_000, 0, 10_000]);
  });

  it('begins anew with a new life, which counts its heartbeats from zero again', async () => {
    const { liveness, advance } = setUp();
    liveness.look(life(0), undefined);
    await advance(20_000);
    expect(liveness.look(life(0, 'ins_2'), undefined).silentForMs).toBe(0);
  });

  it('is its own: another agent’s heartbeats do not end it', async () => {
    const { liveness, advance } = setUp();
    liveness.look(life(1), undefined);
    await advance(10_000);
    expect(liveness.look(life(1, 'ins_9', 'cto'), undefined).silentForMs).toBe(0);
    expect(liveness.look(life(1), undefined).silentForMs).toBe(10_000);
  });

  it.each([-3_600_000, 3_600_000])('does not change when the clock is set by %i ms', async (shift) => {
    const { liveness, advance, set } = setUp();
    liveness.look(life(1), undefined);
    await advance(1_000);
    set(1_000_000 + shift);
    expect(liveness.look(life(1), undefined).silentForMs).toBe(1_000);
  });
});

describe('a silence that is doubted', () => {
  it('gets a little longer, once, and starts anew with the next heartbeat', async () => {
    const { liveness, advance } = setUp();
    liveness.look(life(1), undefined);
    await advance(31_000);
    expect(liveness.doubt('cmo', 30_000, 2_000)).toBe(true);
    expect(liveness.look(life(1), undefined).silentForMs).toBe(28_000);
    await advance(2_001);
    expect(liveness.doubt('cmo', 30_000, 2_000)).toBe(false);
    expect(liveness.look(life(1), undefined).silentForMs).toBe(30_001);

    expect(liveness.look(life(2), undefined).silentForMs).toBe(0);
    await advance(31_000);
    expect(liveness.doubt('cmo', 30_000, 2_000)).toBe(true);
  });
});

describe('an agent’s loop', () => {
  it('is timed from the first look at it to the last, and not between loops', async () => {
    const { liveness, advance } = setUp();
    const seen: (number | undefined)[] = [];
    for (const [heartbeats, loop] of [
      [1, undefined],
      [2, 'lop_1'],
      [3, 'lop_1'],
      [4, 'lop_2'],
      [5, undefined],
      [6, 'lop_3'],
    ] as const) {
      seen.push(liveness.look(life(heartbeats), loop).loopForMs);
      await advance(10_000);
    }
    expect(seen).toEqual([undefined, 0, 10_000, 0, undefined, 0]);
  });
});

describe('after we were blind', () => {
  it('silence and loop are counted anew: our outage is not the agent’s', async () => {
    const { liveness, advance } = setUp();
    liveness.look(life(1), 'lop_1');
    await advance(120_000);
    liveness.forget('cmo');
    expect(liveness.look(life(1), 'lop_1')).toEqual({ silentForMs: 0, loopForMs: 0 });
    await advance(1_000);
    expect(liveness.look(life(1), 'lop_1')).toEqual({ silentForMs: 1_000, loopForMs: 1_000 });
  });
});
