import type pg from 'pg';

/** One function stands for pg's many overloads, without the ones that take a callback. */
export type Query = (statement: unknown, ...rest: unknown[]) => Promise<unknown>;

/**
 * The same connection, on which each statement with parameters gets a name: the server parses and plans it once and
 * not at every call. For transactions, which find rows by their keys. Lists do better without: a plan made for
 * every value may be a full scan for a rare one. `through` may come between such a statement and the connection.
 */
export function namingStatements(client: pg.PoolClient, through: (query: Query) => Query): pg.PoolClient {
  const query = through(client.query.bind(client) as Query);
  const naming = Object.create(client) as pg.PoolClient;
  naming.query = ((statement: unknown, ...rest: unknown[]) =>
    query(named(statement, rest[0]), ...rest)) as pg.PoolClient['query'];
  return naming;
}

function named(statement: unknown, values: unknown): unknown {
  if (!Array.isArray(values) || values.length === 0 || !isStatement(statement)) return statement;
  return { ...statement, name: nameOf(statement.text) };
}

export const textOf = (statement: unknown): string | undefined =>
  isStatement(statement) ? statement.text : typeof statement === 'string' ? statement : undefined;

const isStatement = (statement: unknown): statement is { readonly text: string } =>
  typeof statement === 'object' && statement !== null && 'text' in statement && typeof statement.text === 'string';

/** A connection keeps all that it has prepared; lists of every length must not fill the server's memory. */
const namesMax = 300;
const names = new Map<string, string>();

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= namesMax) return known;
  const name = `boardroom_${names.size + 1}`;
  names.set(text, name);
  return name;
}
