import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type { Postgres } from './postgres.ts';

/** Any number will do, as long as nobody else uses it. */
const migrationLock = 7_261_001;

/** Brings the schema up to date. Replicas that start together wait for the one that holds the lock. */
export async function migrateSchema(postgres: Postgres, folder: string): Promise<void> {
  const client = await postgres.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await migrate(drizzle({ client }), { migrationsFolder: folder });
  } finally {
    // Ending the session releases the lock.
    await client.end();
  }
}
