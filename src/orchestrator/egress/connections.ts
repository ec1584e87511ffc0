import type { AgentCaller } from '../gateway/identity.ts';
import type { Denial } from './rules.ts';

export interface NewConnection {
  readonly caller: AgentCaller;
  readonly entry: string;
  readonly cut: () => void;
}

export interface OpenConnection {
  /** Ends the connection when the agent has used up its bytes. */
  count(bytes: number): void;
  close(): void;
}

export interface ConnectionLimits {
  readonly connectionsMax: number;
  /** In both directions together, for each agent, from midnight to midnight UTC. */
  readonly bytesPerDayMax: number;
}

export interface Connections {
  open(connection: NewConnection): OpenConnection | Extract<Denial, 'too_many' | 'too_much'>;
  /** The entry has been removed. */
  cutEntry(entry: string): void;
  /** The life has ended; its token is dead, and so is what it has opened. */
  cutLife(instanceId: string): void;
  cutAll(): void;
}

interface Usage {
  readonly day: number;
  bytes: number;
}

const dayMs = 86_400_000;

/** What is open through this replica. `now`: milliseconds since 1970, for the day alone. */
export function createConnections(limits: ConnectionLimits, now: () => number): Connections {
  const open = new Set<NewConnection>();
  const usages = new Map<string, Usage>();

  function usageOf(agentType: string): Usage {
    const day = Math.floor(now() / dayMs);
    const known = usages.get(agentType);
    if (known?.day === day) return known;
    const fresh = { day, bytes: 0 };
    usages.set(agentType, fresh);
    return fresh;
  }

  function cutWhere(matches: (connection: NewConnection) => boolean): void {
    for (const connection of open) if (matches(connection)) connection.cut();
  }

  return {
    open(connection) {
      const agentType = connection.caller.actor.name;
      if (usageOf(agentType).bytes >= limits.bytesPerDayMax) return 'too_much';
      const own = [...open].filter(({ caller }) => caller.actor.name === agentType);
      if (own.length >= limits.connectionsMax) return 'too_many';
      open.add(connection);
      return {
        count(bytes) {
          const usage = usageOf(agentType);
          usage.bytes += bytes;
          if (usage.bytes >= limits.bytesPerDayMax) connection.cut();
        },
        close: () => void open.delete(connection),
      };
    },
    cutEntry: (entry) => cutWhere((connection) => connection.entry === entry),
    cutLife: (instanceId) => cutWhere(({ caller }) => caller.instanceId === instanceId),
    cutAll: () => cutWhere(() => true),
  };
}
