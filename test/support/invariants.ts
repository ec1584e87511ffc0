import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type InvariantRule, invariantRules } from './invariant-rules.ts';

export interface Violation {
  readonly rule: string;
  /** The row: a task's, decision's, escalation's id, or an agent's type. */
  readonly subject: string;
  readonly detail: string;
  readonly heldMs: number;
}

export interface InvariantOptions {
  readonly databaseUrl: string;
  /** True while an orchestrator is there to keep the promises; a breach has to outlast one such time to count. */
  readonly isUp: () => boolean;
  /** As long as a passing state may last; timers behind the hints (SWEEP_MS, DISPATCH_MS) must be well below it. */
  readonly boundMs?: number;
  readonly everyMs?: number;
  /** LOOP_RETRY_MS of the system that is watched. */
  readonly loopRetryMs?: number;
}

export interface InvariantWatch {
  /** What has been found so far, each row once under each rule. */
  violations(): readonly Violation[];
  /** Completed looks, so that a suite can tell that it was watched at all. */
  looks(): number;
  stop(): Promise<readonly Violation[]>;
}

/** Nobody looked for longer: what was seen before cannot be taken to have lasted. */
const blindMsMax = 2_000;

/** Looks into the tables again and again, beside any chaos, for what must never last. */
export function watchInvariants(options: InvariantOptions): InvariantWatch {
  const { databaseUrl, isUp, boundMs = 5_000, everyMs = 200, loopRetryMs = 10_000 } = options;
  const rules = invariantRules(loopRetryMs);
  const stopping = new AbortController();
  const found = new Map<string, Violation>();
  const since = new Map<string, number>();
  let lookedAt = 0;
  let looks = 0;

  async function look(client: pg.Client): Promise<void> {
    const at = performance.now();
    if (!isUp() || at - lookedAt > blindMsMax) since.clear();
    lookedAt = at;
    const standing = new Set<string>();
    for (const rule of rules) {
      for (const breach of await breachesOf(client, rule)) {
        const key = `${rule.name}: ${breach.subject}`;
        standing.add(key);
        // Not so long ago as the query that shows it again is long.
        if (!since.has(key)) since.set(key, performance.now());
        const heldMs = Math.round(at - (since.get(key) ?? at));
        if (isUp() && heldMs > boundMs) found.set(key, { rule: rule.name, ...breach, heldMs });
      }
    }
    for (const key of since.keys()) if (!standing.has(key)) since.delete(key);
    looks += 1;
  }

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      const client = new pg.Client(databaseUrl);
      // A database that goes away is part of some chaos: the loop below ends, and another begins.
      client.on('error', () => undefined);
      try {
        await client.connect();
        while (!stopping.signal.aborted) {
          await look(client);
          await sleep(everyMs);
        }
      } catch (error) {
        if (!(error instanceof Error) || isMistake(error)) throw error;
        since.clear();
        await sleep(everyMs);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }

  const watching = watch();
  // It is heard of at the latest when it is stopped.
  watching.catch(() => undefined);
  return {
    violations: () => [...found.values()],
    looks: () => looks,
    async stop() {
      stopping.abort();
      await watching;
      return [...found.values()];
    },
  };
}

async function breachesOf(client: pg.Client, { sql }: InvariantRule) {
  const { rows } = await client.query<{ subject: string; detail: string }>(sql);
  return rows;
}

/** The rules no longer fit the tables (class 42), but a team that has no tables yet (42P01) is only not there yet. */
const isMistake = (error: Error): boolean =>
  error instanceof pg.DatabaseError && error.code !== '42P01' && (error.code?.startsWith('42') ?? false);
