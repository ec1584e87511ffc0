/** So many a second in the long run, and so many at once after a rest. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A token bucket as a value; the moment is the caller's. */
export interface Bucket {
  readonly left: number;
  readonly at: number;
}

export const fullBucket = ({ burst }: Rate, at: number): Bucket => ({ left: burst, at });

export interface Spending {
  readonly bucket: Bucket;
  /** 0 when it was granted; else after how long it would be. What is refused costs nothing. */
  readonly waitMs: number;
}

/** A cost above the burst is granted by a full bucket: it could never be paid otherwise. */
export function spend(rate: Rate, { left, at }: Bucket, { cost, now }: { cost: number; now: number }): Spending {
  const elapsedMs = Math.max(0, now - at);
  const filled = Math.min(rate.burst, left + (elapsedMs / 1_000) * rate.perSecond);
  const price = Math.min(cost, rate.burst);
  if (filled >= price) return { bucket: { left: filled - price, at: now }, waitMs: 0 };
  return { bucket: { left: filled, at: now }, waitMs: Math.ceil(((price - filled) / rate.perSecond) * 1_000) };
}

/** A bucket that remembers. Answers 0 when the cost was granted, else how long to wait. */
export function createMeter(rate: Rate, monotonic: () => number): (cost?: number) => number {
  let bucket = fullBucket(rate, monotonic());
  return (cost = 1) => {
    const spending = spend(rate, bucket, { cost, now: monotonic() });
    bucket = spending.bucket;
    return spending.waitMs;
  };
}

/** What an agent does too much of. A closed list, so that what is remembered about them is bounded. */
export type Excess =
  | 'connections'
  | 'requests'
  | 'calls'
  | 'calls at once'
  | 'bytes of bodies'
  | 'frames'
  | 'bytes on its socket'
  | 'new sockets';

export interface GatewayLimits {
  /** Open at once at one listener, and so of one agent, before it is known who calls. */
  readonly connections: number;
  /** Requests and upgrades at one listener, before it is known who calls: each costs a look into the database. */
  readonly requests: Rate;
  /** Requests of one life, tool calls among them. */
  readonly calls: Rate;
  /** Under way at once for one life: fewer than the database has connections, so that others find one. */
  readonly callsAtOnce: number;
  /** Bytes of bodies; parsing them holds up everybody. */
  readonly bodyBytes: Rate;
  readonly frames: Rate;
  readonly frameBytes: Rate;
  readonly socketOpenings: Rate;
}

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/** An agent that thinks makes a call a second; what a rule-based one does in a loop fits into the bursts. */
export function gatewayLimits(callsPerSecond: number): GatewayLimits {
  return {
    connections: 64,
    requests: { perSecond: 3 * callsPerSecond, burst: 30 * callsPerSecond },
    calls: { perSecond: callsPerSecond, burst: 10 * callsPerSecond },
    callsAtOnce: 8,
    bodyBytes: { perSecond: 2 * mebibyte, burst: 16 * mebibyte },
    frames: { perSecond: 20, burst: 100 },
    frameBytes: { perSecond: 64 * kibibyte, burst: mebibyte },
    socketOpenings: { perSecond: 1, burst: 20 },
  };
}

/** Where many agents call at one address, as local processes do on the loopback: as much as a large team needs. */
export function sharedBy(agents: number, { connections, requests }: GatewayLimits) {
  return {
    connections: connections * agents,
    requests: { perSecond: requests.perSecond * agents, burst: requests.burst * agents },
  };
}
