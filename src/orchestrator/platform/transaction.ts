import { type NodePgDatabase, NodePgSession, NodePgTransaction } from 'drizzle-orm/node-postgres';
import { PgDialect } from 'drizzle-orm/pg-core';
import type pg from 'pg';
import { namingStatements, type Query, textOf } from './named-statements.ts';

/** A transaction's handle. */
export type Tx = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];

/**
 * Sends a statement and does not wait for its answer: what follows goes right behind it, and the commit fails when it has
 * failed. For writes whose outcome nobody asks for; each wait is a round trip.
 */
export type Send = (statement: () => Promise<unknown>) => void;

/** What a transaction does. */
export type TransactionWork<T> = (tx: Tx, send: Send) => Promise<T>;

/** One connection's transactions, one after the other. */
interface Line {
  /** One for all of them, so that what is prepared for it stays prepared. */
  readonly tx: Tx;
  /** How many statements have been made so far. */
  made: number;
  /** The answer to its begin; undefined before the first statement. */
  begun: Promise<unknown> | undefined;
  hasBegun: boolean;
}

const lines = new WeakMap<pg.PoolClient, Line>();
const dialect = new PgDialect();

function lineOf(client: pg.PoolClient): Line {
  const known = lines.get(client);
  if (known !== undefined) return known;
  const session = new NodePgSession(namingStatements(client, beginning), dialect, undefined);
  // The compiler cannot see that no schema and an empty one are the same.
  const tx = new NodePgTransaction(dialect, session, undefined) as Tx;
  const line: Line = { tx, made: 0, begun: undefined, hasBegun: false };
  lines.set(client, line);
  return line;

  /** The begin goes out with the first statement. Nothing may be written before it is known to have come about. */
  function beginning(query: Query): Query {
    return (statement, ...rest) => {
      line.made += 1;
      const run = () => query(statement, ...rest);
      if (line.hasBegun) return run();
      if (line.begun !== undefined) return line.begun.then(run);
      holdForThisTurn(client);
      const begun = begin(line, client);
      if (!isRead(statement)) return begun.then(run);
      const answer = run();
      answer.catch(() => undefined);
      return begun.then(() => answer);
    };
  }
}

function begin(line: Line, client: pg.PoolClient): Promise<unknown> {
  const begun = client.query('begin');
  // What waits for it goes out first, in the order in which it was made; only then what is made later.
  begun.then(
    () => {
      line.hasBegun = true;
    },
    () => undefined,
  );
  line.begun = begun;
  return begun;
}

const isRead = (statement: unknown): boolean => /^select /.test(textOf(statement) ?? '');

/** On a connection that pipelines: its statements are run in the order in which they went out, waited for or not. */
export async function inTransaction<T>(client: pg.PoolClient, work: TransactionWork<T>): Promise<T> {
  const line = lineOf(client);
  const unheard: Promise<unknown>[] = [];
  Object.assign(line, { begun: undefined, hasBegun: false });

  function send(statement: () => Promise<unknown>): void {
    const before = line.made;
    holdForThisTurn(client);
    const answer = statement();
    // Heard at the end.
    answer.catch(() => undefined);
    unheard.push(answer);
    // Else the commit could overtake it.
    if (line.made === before) throw new Error('A statement must be made in the turn in which it is sent');
  }

  try {
    const result = await work(line.tx, send);
    if (line.begun === undefined) return result;
    await line.begun;
    // After a failure a commit is a rollback.
    if (unheard.length > 0) holdForThisTurn(client);
    await Promise.all([...unheard, client.query('commit')]);
    return result;
  } catch (error) {
    if (line.begun !== undefined) await client.query('rollback');
    // What comes after a failure fails too, and says less.
    const [first] = (await Promise.allSettled(unheard)).filter(({ status }) => status === 'rejected');
    throw first?.status === 'rejected' ? first.reason : error;
  }
}

/** What goes out until nothing is left to do leaves in one system call. */
function holdForThisTurn(client: pg.PoolClient): void {
  const { stream } = client.connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
}
