import pg from 'pg';
import { inject } from 'vitest';
import { migrateSchema } from '../../src/orchestrator/platform/migrate.ts';
import { createPostgres, type Postgres } from '../../src/orchestrator/platform/postgres.ts';
import { createEmptyDatabaseOn, type EmptyDatabase } from './empty-database.ts';

export interface TestDatabase {
  readonly url: string;
  readonly postgres: Postgres;
  /** Closes the pool and drops the database, whoever is still connected. */
  drop(): Promise<void>;
}

export const testLimits = {
  poolSize: 10,
  connectTimeoutMs: 5_000,
  statementTimeoutMs: 10_000,
  lockTimeoutMs: 5_000,
  idleInTransactionTimeoutMs: 10_000,
};

/** An empty database on the run's server. */
export const createEmptyDatabase = (): Promise<EmptyDatabase> => createEmptyDatabaseOn(inject('postgresUrl'));

/** The team a database holds: its containers and networks carry it as a label. */
export async function teamIn(url: string): Promise<string> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>('select id from team');
    return rows[0]?.id ?? '';
  } finally {
    await client.end();
  }
}

/** A migrated database of its own for a test file; on the run's server where no other is given. */
export async function createDatabase(server = inject('postgresUrl')): Promise<TestDatabase> {
  const { url, drop } = await createEmptyDatabaseOn(server);
  const postgres = createPostgres(url, testLimits, (error) => console.error(error));
  await migrateSchema(postgres, 'migrations');
  return {
    url,
    postgres,
    async drop() {
      await postgres.close();
      await drop();
    },
  };
}
