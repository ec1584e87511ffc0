import type { InstanceRow } from './store.ts';

/**
 * How long an agent has been silent, measured from the moment this process saw its heartbeat count change, on a
 * clock that never jumps. A new leader begins to count when it first looks, so an outage of ours, or a clock set
 * forward, kills nobody.
 */
export interface Liveness {
  look(instance: Pick<InstanceRow, 'id' | 'agentType' | 'heartbeats'>, loopId: string | undefined): Silence;
  /**
   * Takes back so much of a silence that only `leftMs` of `silentMsMax` are to wait for. True for the first time in
   * each silence, false from then on.
   */
  doubt(agentType: string, silentMsMax: number, leftMs: number): boolean;
  /** We were blind (database or runtime away): begin to count anew for this agent. */
  forget(agentType: string): void;
}

export interface Silence {
  readonly silentForMs: number;
  readonly loopForMs: number | undefined;
}

interface Mark {
  readonly mark: string;
  readonly since: number;
  readonly isDoubted: boolean;
}

export function createLiveness(monotonic: () => number): Liveness {
  /** One entry per agent: a new life, beat or loop replaces it. */
  const beats = new Map<string, Mark>();
  const loops = new Map<string, Mark>();

  function since(seen: Map<string, Mark>, agentType: string, mark: string): number {
    const entry = seen.get(agentType);
    if (entry?.mark === mark) return entry.since;
    const now = monotonic();
    seen.set(agentType, { mark, since: now, isDoubted: false });
    return now;
  }

  return {
    look(instance, loopId) {
      const now = monotonic();
      return {
        silentForMs: Math.max(0, now - since(beats, instance.agentType, `${instance.id}/${instance.heartbeats}`)),
        loopForMs: loopId === undefined ? undefined : Math.max(0, now - since(loops, instance.agentType, loopId)),
      };
    },
    doubt(agentType, silentMsMax, leftMs) {
      const beat = beats.get(agentType);
      if (beat === undefined || beat.isDoubted) return false;
      beats.set(agentType, { ...beat, since: monotonic() - silentMsMax + leftMs, isDoubted: true });
      return true;
    },
    forget(agentType) {
      beats.delete(agentType);
      loops.delete(agentType);
    },
  };
}
