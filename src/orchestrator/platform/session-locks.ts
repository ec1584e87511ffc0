import type pg from 'pg';

/** Locks that the server gives away at once when their holder dies: no lease to renew, and no clock to trust. */
export interface SessionLocks {
  /** False when another session holds it. Rejects while the server does not answer. */
  tryLock(name: string): Promise<Held | undefined>;
  close(): Promise<void>;
}

export interface Held {
  /** Aborts when the connection is gone, and the lock may be another's. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

interface Deps {
  readonly connect: (queryTimeoutMs: number) => Promise<pg.Client>;
  /** Tells these locks from other users' of the same server. */
  readonly namespace: number;
  readonly onError: (error: unknown) => void;
}

interface Session {
  readonly client: pg.Client;
  readonly lost: AbortController;
}

const answerMsMax = 3_000;

/** On one connection beside the pool, opened when it is first needed, and anew after it was lost. */
export function createSessionLocks({ connect, namespace, onError }: Deps): SessionLocks {
  let opening: Promise<Session> | undefined;

  async function open(): Promise<Session> {
    const client = await connect(answerMsMax);
    const lost = new AbortController();
    const lose = () => {
      lost.abort();
      opening = undefined;
    };
    client.on('error', (error) => {
      onError(error);
      lose();
    });
    client.on('end', lose);
    return { client, lost };
  }

  async function session(): Promise<Session> {
    opening ??= open();
    try {
      return await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  }

  async function ask(client: pg.Client, verb: 'pg_try_advisory_lock' | 'pg_advisory_unlock', name: string) {
    try {
      const sql = `select ${verb}($1::int, hashtext($2)) as answer`;
      const { rows } = await client.query<{ answer: boolean }>(sql, [namespace, name]);
      return rows[0]?.answer === true;
    } catch (error) {
      // The server may have given us the lock, and we would never know: it is taken away with the session.
      client.connection.stream.destroy();
      throw error;
    }
  }

  return {
    async tryLock(name) {
      const { client, lost } = await session();
      if (!(await ask(client, 'pg_try_advisory_lock', name))) return undefined;
      return {
        lost: lost.signal,
        async release() {
          if (!lost.signal.aborted) await ask(client, 'pg_advisory_unlock', name);
        },
      };
    },
    async close() {
      const open = await opening?.catch(() => undefined);
      opening = undefined;
      if (open && !open.lost.signal.aborted) await open.client.end();
    },
  };
}
