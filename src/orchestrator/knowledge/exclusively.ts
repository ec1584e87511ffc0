import type { SessionLocks } from '../platform/session-locks.ts';

/** Somebody is at it already. */
export class Elsewhere extends Error {
  override readonly name = 'Elsewhere';
}

/** One at a time for each name, over all replicas; throws `Elsewhere` at once. The work's signal also tells of a lock that is lost. */
export type Exclusively = (
  name: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
) => Promise<void>;

interface Deps {
  readonly locks: SessionLocks;
  readonly onError: (error: unknown) => void;
}

export function createExclusively({ locks, onError }: Deps): Exclusively {
  /** All of one replica share a session, and a session is given its lock again. */
  const atWork = new Set<string>();

  async function underLock(name: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>) {
    const held = await locks.tryLock(name);
    if (!held) throw new Elsewhere('another replica is at it');
    try {
      await work(AbortSignal.any([signal, held.lost]));
    } finally {
      // The server takes it away with the session, if not now.
      await held.release().catch(onError);
    }
  }

  return async (name, signal, work) => {
    if (atWork.has(name)) throw new Elsewhere('it is under way');
    atWork.add(name);
    try {
      await underLock(name, signal, work);
    } finally {
      atWork.delete(name);
    }
  };
}
