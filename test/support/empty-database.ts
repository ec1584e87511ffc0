import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface EmptyDatabase {
  readonly url: string;
  /** Whoever is still connected. */
  drop(): Promise<void>;
}

/** An empty database of its own on this server. */
export async function createEmptyDatabaseOn(server: string): Promise<EmptyDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const administer = async (statement: string) => {
    const client = new pg.Client(server);
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await administer(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(`drop database ${name} with (force)`) };
}
