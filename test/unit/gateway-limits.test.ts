import { describe, expect, it } from 'vitest';
import type { AppError } from '../../src/contracts/errors.ts';
import { createAllowances } from '../../src/orchestrator/gateway/allowances.ts';
import type { AgentCaller } from '../../src/orchestrator/gateway/identity.ts';
import {
  type Excess,
  fullBucket,
  gatewayLimits,
  type Rate,
  sharedBy,
  spend,
} from '../../src/orchestrator/gateway/limits.ts';

const rate: Rate = { perSecond: 2, burst: 4 };

/** What each purchase, at its moment, has to wait for. */
function waits(purchases: readonly (readonly [now: number, cost: number])[], by = rate): number[] {
  let bucket = fullBucket(by, 0);
  return purchases.map(([now, cost]) => {
    const spending = spend(by, bucket, { cost, now });
    bucket = spending.bucket;
    return spending.waitMs;
  });
}

describe('a token bucket', () => {
  it.each<[string, [number, number][], number[]]>([
    [
      'gives its burst at once, and says how long the next one takes',
      [
        [0, 4],
        [0, 1],
      ],
      [0, 500],
    ],
    [
      'gives again what has come in since',
      [
        [0, 4],
        [500, 1],
        [500, 1],
        [1_000, 1],
      ],
      [0, 0, 500, 0],
    ],
    [
      'never holds more than its burst, however long it rests',
      [
        [3_600_000, 4],
        [3_600_000, 1],
      ],
      [0, 500],
    ],
    [
      'charges nothing for what it refuses',
      [
        [0, 3],
        [0, 2],
        [0, 1],
      ],
      [0, 500, 0],
    ],
    [
      'gives more than its burst to who waits until it is full, since else it could never be paid',
      [
        [0, 9],
        [1_999, 9],
        [2_000, 9],
      ],
      [0, 1, 0],
    ],
    [
      'takes a clock that stands still, or steps back, for no time',
      [
        [1_000, 4],
        [1_000, 1],
        [0, 1],
      ],
      [0, 500, 500],
    ],
    [
      'gives what costs nothing even when it is empty',
      [
        [0, 4],
        [0, 0],
      ],
      [0, 0],
    ],
  ])('%s', (_what, purchases, expected) => {
    expect(waits(purchases)).toEqual(expected);
  });

  it('grants in the long run what its rate says, be it asked ever so often', () => {
    const asked = Array.from({ length: 100_000 }, (_, index) => [index / 10, 1] as const);
    const granted = waits(asked).filter((waitMs) => waitMs === 0).length;
    expect(granted).toBe(rate.burst + 10 * rate.perSecond - 1);
  });
});

describe('the limits of the gateway', () => {
  it('let fewer calls of one agent be under way than the database has connections by default', () => {
    expect(gatewayLimits(10).callsAtOnce).toBeLessThan(10);
  });

  it('take the longest body there may be', () => {
    expect(gatewayLimits(10).bodyBytes.burst).toBeGreaterThanOrEqual(8 * 1024 * 1024);
  });

  it('grow with the agents that share an address', () => {
    const limits = gatewayLimits(10);
    expect(sharedBy(3, limits)).toEqual({ connections: 192, requests: { perSecond: 90, burst: 900 } });
  });
});

describe('the allowance of a life', () => {
  function stage() {
    const excesses: [string, Excess][] = [];
    let now = 0;
    const limits = gatewayLimits(1);
    const onExcess = (agentType: string, excess: Excess) => void excesses.push([agentType, excess]);
    const allowances = createAllowances({ limits, monotonic: () => now, onExcess });
    const of = (name: string, instanceId: string) => allowances.of({ actor: { name }, instanceId } as AgentCaller);
    const pass = (ms: number) => {
      now += ms;
    };
    return { excesses, limits, of, pass };
  }
  const refusal = (act: () => unknown) => {
    try {
      act();
      return undefined;
    } catch (error) {
      const { code, message, retryAfterSeconds } = error as AppError;
      return { code, message, retryAfterSeconds };
    }
  };

  it('refuses a call above the rate with the name of the limit and the time to wait', () => {
    const { of, excesses } = stage();
    for (let call = 0; call < 10; call += 1) of('cmo', 'ins_1').beginCall(10)();
    expect(refusal(() => of('cmo', 'ins_1').beginCall(10))).toEqual({
      code: 'rate_limited',
      message: 'Too many calls: cmo may have 1 a second, 10 at once; try again in 1 s',
      retryAfterSeconds: 1,
    });
    expect(excesses).toEqual([['cmo', 'calls']]);
  });

  it('counts what is under way, and gives a place back once, be it said twice', () => {
    const { of, limits, pass } = stage();
    const { beginCall } = of('cmo', 'ins_1');
    const ends = Array.from({ length: limits.callsAtOnce }, () => beginCall(0));
    pass(60_000);
    expect(refusal(() => beginCall(0))?.message).toContain('Too many calls at once');
    for (const end of [ends[0], ends[0]]) end?.();
    expect(refusal(() => beginCall(0))).toBeUndefined();
    expect(refusal(() => beginCall(0))?.code).toBe('rate_limited');
  });

  it('is an agent’s own: another has all of his, and so has the next life', () => {
    const { of } = stage();
    for (let frame = 0; frame < 100; frame += 1) of('cmo', 'ins_1').frame();
    expect(of('cmo', 'ins_1').frame()).toBe(false);
    expect(of('ceo', 'ins_2').frame()).toBe(true);
    expect(of('cmo', 'ins_3').frame()).toBe(true);
  });

  it('bounds bytes, bodies and new sockets as well', () => {
    const { of, excesses, limits } = stage();
    const cmo = of('cmo', 'ins_1');
    expect(cmo.bytes(limits.frameBytes.burst)).toBe(true);
    expect(cmo.bytes(1)).toBe(false);
    cmo.beginCall(limits.bodyBytes.burst)();
    expect(refusal(() => cmo.beginCall(1_000))?.message).toContain('bytes of bodies');
    for (let opening = 0; opening < limits.socketOpenings.burst; opening += 1) cmo.openSocket();
    expect(refusal(() => cmo.openSocket())?.message).toContain('new sockets');
    expect(excesses.map(([, excess]) => excess)).toEqual(['bytes on its socket', 'bytes of bodies', 'new sockets']);
  });
});
