import type { Queryable } from './postgres.ts';

/**
 * A statement that is written out once for each handle and planned once for each connection: for reads by key, where
 * building the SQL anew costs more than the read. `build` ends with drizzle's `prepare`, under a name of its own.
 */
export function prepared<Statement>(build: (db: Queryable) => Statement): (db: Queryable) => Statement {
  const made = new WeakMap<Queryable, Statement>();
  return (db) => {
    const known = made.get(db);
    if (known !== undefined) return known;
    const statement = build(db);
    made.set(db, statement);
    return statement;
  };
}
