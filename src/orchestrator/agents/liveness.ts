import type { InstanceRow } from './store.ts';

/**
 * How long an agent has been silent, measured from the moment this process saw its heartbeat count change, on a
 * clock that never jumps. A new leader begins to count when it first looks, so an outage of ours, or a clock set
 * forward, kills nobody.
 */
export interface Liveness {
  look(instance: Pick<InstanceRow, 'id' | 'agentType' | 'heartbeats'>, loopId: string | undefined): Silence;
  /** We were blind (database or runtime away): begin to count anew for this agent. */
  forget(agentType: string): void;
}

export interface Silence {
  readonly silentForMs: number;
  readonly loopForMs: number | undefined;
}

export function createLiveness(monotonic: () => number): Liveness {
  /** One entry per agent: a new life, beat or loop replaces it. */
  const beats = new Map<string, { mark: string; since: number }>();
  const loops = new Map<string, { mark: string; since: number }>();

  function since(seen: Map<string, { mark: string; since: number }>, agentType: string, mark: string): number {
    const entry = seen.get(agentType);
    if (entry?.mark === mark) return entry.since;
    const now = monotonic();
    seen.set(agentType, { mark, since: now });
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
    forget(agentType) {
      beats.delete(agentType);
      loops.delete(agentType);
    },
  };
}
