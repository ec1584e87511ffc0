import type { Clock } from '../platform/clock.ts';
import { hostOf } from './rules.ts';
import type { UsageRow } from './usage-store.ts';

/** What agents try at the egress proxy, counted in memory and written down in batches: an attempt costs no statement. */
export interface UsageCounter {
  start(): void;
  count(agentType: string, domain: string, outcome: 'allowed' | 'denied'): void;
  /** Resolves when what was counted is written down, or could not be. */
  stop(): Promise<void>;
}

interface Deps {
  readonly clock: Clock;
  /** Adds to what is there; several replicas do. */
  readonly save: (rows: readonly UsageRow[]) => Promise<void>;
  readonly flushMs: number;
  readonly onError: (error: unknown) => void;
}

const hourMs = 3_600_000;
/** Stands for the domains beyond what one agent may fill our books with in an hour, and for what is no host's name. */
export const otherDomains = '*';
const domainsMaxPerAgent = 100;
/** Counts wait in memory while the database is away; beyond so many, new ones are lost. */
const rowsMax = 5_000;

/** A crash loses what was counted since the last batch. A batch whose answer is lost with the connection may count twice. */
export function createUsageCounter({ clock, save, flushMs, onError }: Deps): UsageCounter {
  const stopping = new AbortController();
  let rows = new Map<string, UsageRow>();
  let named = { hour: 0, domains: new Map<string, Set<string>>() };
  let running: Promise<void> | undefined;

  /** The domain's own name, as long as the agent has not named too many within this hour. */
  function nameFor(hour: number, agentType: string, domain: string): string {
    if (named.hour !== hour) named = { hour, domains: new Map() };
    const known = named.domains.get(agentType) ?? new Set();
    named.domains.set(agentType, known);
    if (known.has(domain)) return domain;
    if (known.size >= domainsMaxPerAgent) return otherDomains;
    known.add(domain);
    return domain;
  }

  function add(row: UsageRow): void {
    const key = `${row.hour} ${row.agentType} ${row.domain}`;
    const before = rows.get(key);
    if (!before && rows.size >= rowsMax) return;
    const { allowed, denied } = before ?? { allowed: 0, denied: 0 };
    rows.set(key, { ...row, allowed: allowed + row.allowed, denied: denied + row.denied });
  }

  async function flush(): Promise<void> {
    if (rows.size === 0) return;
    const batch = [...rows.values()];
    rows = new Map();
    try {
      await save(batch);
    } catch (error) {
      for (const row of batch) add(row);
      onError(error);
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(flushMs, stopping.signal);
      await flush();
    }
  }

  return {
    start() {
      running ??= run();
    },
    count(agentType, domain, outcome) {
      const hour = Math.floor(clock.now() / hourMs) * hourMs;
      const name = nameFor(hour, agentType, isName(domain) ? domain : otherDomains);
      add({ hour, domain: name, agentType, allowed: 0, denied: 0, [outcome]: 1 });
    },
    async stop() {
      stopping.abort();
      await running;
      await flush();
    },
  };
}

/** An entry of the whitelist, or a host; whatever else an agent has asked for is no name to keep. */
const isName = (domain: string): boolean => hostOf(domain.replace(/^\*\./, '')) !== undefined;
