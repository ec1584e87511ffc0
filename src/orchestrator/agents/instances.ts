import type { Clock } from '../platform/clock.ts';
import { hashSecret } from '../platform/identity.ts';
import type { Postgres, Queryable } from '../platform/postgres.ts';
import { countHeartbeats, findInstanceByToken, noteRead, updateInstance } from './store.ts';

export type InstanceService = ReturnType<typeof createInstanceService>;

/** What the gateway knows and notes of an agent's lives. */
export function createInstanceService({ postgres: { db }, clock }: { postgres: Postgres; clock: Clock }) {
  return {
    /** The life this token was made for, ended or not, and whose it is. */
    byToken: (token: string) => findInstanceByToken(db, hashSecret(token)),
    noteConnected: (id: string) => updateInstance(db, id, { connectedAt: clock.now() }),
    noteDisconnected: (id: string) => updateInstance(db, id, { disconnectedAt: clock.now() }),
    countHeartbeats: (ids: readonly string[]) => countHeartbeats(db, ids, clock.now()),
    /** The loop at work has seen its inbox up to here. */
    noteRead: (tx: Queryable, id: string, seq: number) => noteRead(tx, id, seq),
  };
}
