import type pg from 'pg';

/**
 * The same connection, on which each statement with parameters gets a name: the server parses and plans it once and
 * not at every call. For transactions, which find rows by their keys. Lists do better without: a plan made for
 * every value may be a full scan for a rare one.
 */
export function namingStatements(client: pg.PoolClient): pg.PoolClient {
  // One function stands for pg's many overloads: what comes in is passed on, and what comes back too.
  const query = client.query.bind(client) as (...call: unknown[]) => unknown;
  const naming = Object.create(client) as pg.PoolClient;
  naming.query = ((statement: unknown, ...rest: unknown[]) =>
    query(named(statement, rest[0]), ...rest)) as pg.PoolClient['query'];
  return naming;
}

function named(statement: unknown, values: unknown): unknown {
  if (!Array.isArray(values) || values.length === 0 || !isStatement(statement)) return statement;
  return { ...statement, name: nameOf(statement.text) };
}

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
