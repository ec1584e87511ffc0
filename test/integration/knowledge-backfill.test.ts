import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrateSchema } from '../../src/orchestrator/platform/migrate.ts';
import { createPostgres } from '../../src/orchestrator/platform/postgres.ts';
import { createEmptyDatabase, type TestDatabase, testLimits } from '../support/database.ts';
import { type Library, openLibrary } from '../support/library.ts';

interface Journal {
  readonly entries: readonly { readonly tag: string }[];
}

let library: Library;
let database: TestDatabase;

/** The schema as it was before there were documents. */
async function earlierMigrations(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'boardroom-migrations-'));
  await cp('migrations', folder, { recursive: true });
  const file = join(folder, 'meta/_journal.json');
  // drizzle-kit's own file.
  const journal = JSON.parse(await readFile(file, 'utf8')) as Journal;
  const here = journal.entries.findIndex(({ tag }) => tag.endsWith('_knowledge'));
  await writeFile(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, here) }));
  return folder;
}

beforeAll(async () => {
  const { url, drop } = await createEmptyDatabase();
  const postgres = createPostgres(url, testLimits, (error) => console.error(error));
  database = { url, postgres, drop: () => postgres.close().then(drop) };
  const folder = await earlierMigrations();
  await migrateSchema(postgres, folder);
  await rm(folder, { recursive: true });
  await postgres.db.execute(sql`insert into agent_notes (agent_type, key, note, updated_at) values
    ('cmo', 'printer', 'Die Druckereien liefern freitags.', '2029-01-01Z'),
    ('cto', 'printer', 'Ein anderer Drucker.', '2029-01-01Z')`);
  await migrateSchema(postgres, 'migrations');
  library = await openLibrary(database);
});
afterAll(() => database.drop());

it('what agents have remembered before there were documents is found by them, and by them alone', async () => {
  const { answer } = await library.use('cmo', 'recall', { query: 'Druckerei' });
  expect(answer).toMatchObject({ documents: [{ source: 'memory:cmo:printer', agent: 'cmo' }] });
});

it('it is the same document that the agent goes on to change', async () => {
  await library.use('cmo', 'remember', { key: 'printer', note: 'Die Druckereien liefern montags.' });
  expect(await library.find('montags')).toEqual(['memory:cmo:printer']);
  expect(await library.find('freitags')).toEqual([]);
  expect(await library.count('documents')).toBe(2);
});
