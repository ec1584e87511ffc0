import type pg from 'pg';
import type { Clock } from './clock.ts';

/** Tells whether the database answers, and how fast, on a connection beside the pool. */
export interface DatabaseProbe {
  /** Milliseconds of one round trip; undefined when it does not answer within the bound. */
  latencyMs(): Promise<number | undefined>;
  close(): Promise<void>;
}

interface ProbeDeps {
  readonly connect: () => Promise<pg.Client>;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

export function createDatabaseProbe({ connect, clock, timeoutMs }: ProbeDeps): DatabaseProbe {
  let client: pg.Client | undefined;
  let connecting: Promise<pg.Client> | undefined;
  let asking: Promise<number | undefined> | undefined;
  let closed = false;

  /** One attempt at a time, however many looks it outlasts: each would leave a connection of its own behind. */
  async function connected(): Promise<pg.Client> {
    if (client) return client;
    connecting ??= open().finally(() => {
      connecting = undefined;
    });
    return connecting;
  }

  async function open(): Promise<pg.Client> {
    const fresh = await connect();
    const drop = () => {
      if (client === fresh) client = undefined;
    };
    fresh.on('error', drop);
    fresh.on('end', drop);
    if (closed) void fresh.end().catch(ignoreEndOfBroken);
    else client = fresh;
    return fresh;
  }

  async function ask(): Promise<number | undefined> {
    const since = clock.monotonic();
    const late = new AbortController();
    const answer = connected()
      .then((connection) => connection.query('select 1'))
      .then(
        () => true,
        () => false,
      );
    const answered = await Promise.race([answer, clock.sleep(timeoutMs, late.signal).then(() => false)]);
    late.abort();
    if (answered) return clock.monotonic() - since;
    // Whatever hangs on it, the next look begins with a new connection.
    const hung = client;
    client = undefined;
    void hung?.end().catch(ignoreEndOfBroken);
    return undefined;
  }

  return {
    // Looks at the same time share one answer: a crowd of health checks is one query.
    latencyMs() {
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    async close() {
      closed = true;
      await client?.end().catch(ignoreEndOfBroken);
    },
  };
}

/** Ending a connection that is already broken fails, and nothing is lost by it. */
const ignoreEndOfBroken = (): void => undefined;
