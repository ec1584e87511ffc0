import { once } from 'node:events';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { AppError } from '../../contracts/errors.ts';
import { inTransaction, type TransactionWork, type Tx } from './transaction.ts';

export type { Tx } from './transaction.ts';

/** Every store function takes one of these two. */
export type Queryable = NodePgDatabase | Tx;

/** Bounds on everything that could hold a connection for ever, in milliseconds. */
export interface PostgresLimits {
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly idleInTransactionTimeoutMs: number;
}

export interface Postgres {
  /** For single reads outside a transaction. */
  readonly db: NodePgDatabase;
  readonly pool: pg.Pool;
  /** Runs `work` in one transaction; again, a few times, when the database settles a race against it. */
  transaction<T>(work: TransactionWork<T>): Promise<T>;
  /** A connection of its own beside the pool, for LISTEN and session locks; by default its queries may wait for ever. */
  connect(queryTimeoutMs?: number): Promise<pg.Client>;
  /** Ends the transactions that are under way or wait for a connection; new ones are served. */
  cutOff(): void;
  close(): Promise<void>;
}

export function createPostgres(url: string, limits: PostgresLimits, onError: (error: unknown) => void): Postgres {
  const session = {
    connectionString: url,
    connectionTimeoutMillis: limits.connectTimeoutMs,
    keepAlive: true,
    application_name: 'boardroom',
  };
  const pool = new pg.Pool({
    ...session,
    // Statements go out when they are made, and are run in this order.
    pipeline: true,
    max: limits.poolSize,
    // What is open stays open: when others have taken the rest, it is what we go on with.
    idleTimeoutMillis: 0,
    statement_timeout: limits.statementTimeoutMs,
    // The client's own bound, for a server that hangs and cannot time out by itself.
    query_timeout: limits.statementTimeoutMs + 1_000,
    lock_timeout: limits.lockTimeoutMs,
    idle_in_transaction_session_timeout: limits.idleInTransactionTimeoutMs,
  });
  // An idle client whose server goes away emits this; unheard, it would end the process.
  pool.on('error', onError);
  // The same for one that is at work: outside the pool nobody else listens to it.
  pool.on('connect', (client) => {
    client.on('error', onError);
    // Before whatever it is wanted for, and waited for by nobody.
    client.query(walkOfVectors).catch(onError);
  });
  const db = drizzle({ client: pool });
  const underWay = new Set<pg.PoolClient>();
  let cuts = 0;

  async function transaction<T>(work: TransactionWork<T>, attempt = 1): Promise<T> {
    try {
      return await attemptOnce(work);
    } catch (error) {
      if (attempt < attemptsMax && lostRace(error)) return transaction(work, attempt + 1);
      throw error;
    }
  }

  /** Where the server has no room for one more, one of ours that comes free will do. */
  async function connectOrWait(): Promise<pg.PoolClient> {
    const late = AbortSignal.timeout(limits.connectTimeoutMs);
    for (;;) {
      try {
        return await pool.connect();
      } catch (error) {
        if (sqlState(error) !== tooManyConnections || pool.totalCount === 0 || late.aborted) throw error;
        // One that came free since is taken by the next attempt.
        if (pool.idleCount === 0) await once(pool, 'release', { signal: late }).catch(() => undefined);
      }
    }
  }

  /** On a connection that is given back whatever happens, and given up when it may be in any state but idle. */
  async function attemptOnce<T>(work: TransactionWork<T>): Promise<T> {
    const cutsBefore = cuts;
    const client = await connectOrWait();
    let broken = false;
    underWay.add(client);
    try {
      if (cuts !== cutsBefore) throw new Error('Connection terminated');
      return await inTransaction(client, (tx, send) => work(tx, send).catch(cutIfSilent(client)));
    } catch (error) {
      broken = isUnavailable(error);
      throw error;
    } finally {
      underWay.delete(client);
      client.release(broken);
    }
  }

  return {
    db,
    pool,
    transaction: (work) => transaction(work),
    async connect(queryTimeoutMs) {
      const client = new pg.Client({
        ...session,
        ...(queryTimeoutMs !== undefined && { query_timeout: queryTimeoutMs }),
      });
      await client.connect();
      return client;
    },
    cutOff() {
      cuts += 1;
      for (const client of underWay) client.connection.stream.destroy();
    },
    async close() {
      // A server that hangs must not keep us from ending; what is still open ends with the process.
      await Promise.race([pool.end(), once(AbortSignal.timeout(closeMsMax), 'abort')]);
    },
  };
}

/**
 * How an index of vectors is walked: with some more places than are looked at, and on where a filter leaves too little. A server
 * without pgvector keeps the two and has no use for them.
 */
const walkOfVectors = `
  select set_config('hnsw.iterative_scan', 'relaxed_order', false), set_config('hnsw.ef_search', '64', false)`;

const attemptsMax = 4;
const tooManyConnections = '53300';
const closeMsMax = 5_000;

/** After a query that was not answered in time the rollback would wait as long: the connection is cut instead. */
const cutIfSilent = (client: pg.PoolClient) => (error: unknown) => {
  if (isUnavailable(error) && sqlState(error) === undefined) client.connection.stream.destroy();
  throw error;
};

/** Serialization failure and deadlock: the database chose another transaction; ours can simply run again. */
const lostRace = (error: unknown): boolean => ['40001', '40P01'].includes(sqlState(error) ?? '');

/** The SQLSTATE of a database error, also when drizzle wraps it. */
export function sqlState(error: unknown): string | undefined {
  const cause = rootCause(error);
  return cause instanceof pg.DatabaseError ? cause.code : undefined;
}

/** 23505, and on which constraint. */
export function violatedUnique(error: unknown, constraint: string): boolean {
  const cause = rootCause(error);
  return cause instanceof pg.DatabaseError && cause.code === '23505' && cause.constraint === constraint;
}

/**
 * True for what passes by itself: the server is gone, starting, ending, full or too slow. Not true for a
 * mistake of ours, which retrying would only repeat.
 */
export function isUnavailable(error: unknown): boolean {
  const cause = rootCause(error);
  if (cause instanceof pg.DatabaseError) return transientStates.test(cause.code ?? '');
  if (!(cause instanceof Error)) return false;
  const { code = '', syscall } = cause as NodeJS.ErrnoException;
  // `connect` fails with ENOENT, too, where the server's socket file is not there yet.
  if (syscall === 'connect' || networkCodes.has(code)) return true;
  return poolMessages.has(cause.message);
}

/** Connection exceptions, out of resources, operator intervention and timeouts, lock not available, read-only. */
const transientStates = /^(08|53|57|58)|^(55P03|25P03|25P02|40001|40P01|XX000|25006)$/;

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** pg reports these without a code; the texts are pinned by a test against the installed version. */
const poolMessages = new Set([
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'Query read timeout',
  'Cannot use a pool after calling end on the pool',
]);

function rootCause(error: unknown): unknown {
  return error instanceof Error && !(error instanceof pg.DatabaseError) && error.cause instanceof Error
    ? rootCause(error.cause)
    : error;
}

/** Turns "the database is away" into the one error that clients know; passes on everything else. */
export function asUnavailable(error: unknown): unknown {
  return isUnavailable(error)
    ? new AppError(
        'dependency_unavailable',
        'The database does not answer right now. Before you repeat a change, look whether it was made',
        {
          cause: error,
          retryAfterSeconds: 2,
        },
      )
    : error;
}
