import type { EventPayload, EventType } from '../../contracts/event.ts';
import type { JsonValue } from '../../contracts/primitives.ts';
import type { Clock } from '../platform/clock.ts';
import type { Postgres, Tx } from '../platform/postgres.ts';
import type { Send } from '../platform/transaction.ts';
import { insertEvents, type NewEventRow } from './store.ts';

/** Who acts. An agent is known by its token, an operator by its key; nobody says it about himself. */
export interface Actor {
  /** `cmo`, `operator:<key name>` or `system`. */
  readonly name: string;
  /** The acting agent's id; null when no agent acts. */
  readonly agentId: string | null;
}

export const system: Actor = { name: 'system', agentId: null };

/** One change of state: what it writes and the events that tell of it are committed together, or not at all. */
export interface Work {
  readonly tx: Tx;
  readonly send: Send;
  /** Milliseconds since 1970; one moment for all that this work writes. */
  readonly now: number;
  append<T extends EventType>(actor: Actor, type: T, payload: Omit<EventPayload<T>, 'actor'>): void;
  /** Once for each hint, however often it is asked for; for nobody to wait on, and lost with the process. */
  afterCommit(hint: () => void): void;
}

export type UnitOfWork = <T>(change: (work: Work) => Promise<T>) => Promise<T>;

interface UnitOfWorkDeps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  /** Called after a commit that wrote events: a hint for the relay, for nobody to wait on. */
  readonly onCommitted: () => void;
}

export function createUnitOfWork({ postgres, clock, onCommitted }: UnitOfWorkDeps): UnitOfWork {
  return async (change) => {
    let wrote = false;
    let hints: ReadonlySet<() => void> = new Set();
    const result = await postgres.transaction(async (tx, send) => {
      const rows: NewEventRow[] = [];
      const asked = new Set<() => void>();
      const now = clock.now();
      const answer = await change({
        tx,
        send,
        now,
        append: (actor, type, payload) => rows.push(toRow({ actor, type, payload, now })),
        afterCommit: (hint) => asked.add(hint),
      });
      // Last, and in one statement: places in the log are taken as late as possible, so readers wait least.
      if (rows.length > 0) send(() => insertEvents(tx, rows));
      wrote = rows.length > 0;
      hints = asked;
      return answer;
    });
    if (wrote) onCommitted();
    for (const hint of hints) hint();
    return result;
  };
}

function toRow(event: { actor: Actor; type: EventType; payload: object; now: number }): NewEventRow {
  const payload = { ...event.payload, actor: event.actor.name } as Record<string, JsonValue>;
  return {
    eventType: event.type,
    sourceAgent: event.actor.agentId,
    agentType: agentConcerned(payload, event.actor),
    payload,
    createdAt: event.now,
  };
}

/** The agent an event is about, or else the one that acted. */
function agentConcerned(payload: Record<string, JsonValue>, actor: Actor): string | null {
  const subject = payload['agentType'] ?? payload['assignedTo'];
  if (typeof subject === 'string') return subject;
  return actor.agentId === null ? null : actor.name;
}
