import type pg from 'pg';
import type { Clock } from './clock.ts';

/** Marks the home folder as ours in its own database: two orchestrators on one would stop it under each other. */
export interface HomeClaim {
  /** False when it is another's. */
  take(): Promise<boolean>;
  /** True when it was ours to the end. */
  close(): Promise<boolean>;
}

interface ClaimDeps {
  readonly connect: () => Promise<pg.Client>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** Any number will do, as long as nobody else uses it. */
const homeLock = 7_261_004;
const retryMs = 1_000;

/** The claim ends with its connection; a server that comes back is claimed again. */
export function createHomeClaim({ connect, clock, onError }: ClaimDeps): HomeClaim {
  const closing = new AbortController();
  let holder: pg.Client | undefined;
  let retaking: Promise<void> | undefined;

  async function take(): Promise<boolean> {
    const client = await connect();
    client.on('error', onError);
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [homeLock]);
    if (rows[0]?.taken !== true) {
      await client.end();
      return false;
    }
    holder = client;
    client.on('end', () => {
      holder = undefined;
      if (!closing.signal.aborted) retaking = retake();
    });
    return true;
  }

  async function retake(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(retryMs, closing.signal);
      // Not there yet; or taken by another, whose end is waited for.
      if (!closing.signal.aborted && (await take().catch(() => false))) return;
    }
  }

  return {
    take,
    async close() {
      closing.abort();
      await retaking;
      const held = holder !== undefined;
      await holder?.end();
      return held;
    },
  };
}
