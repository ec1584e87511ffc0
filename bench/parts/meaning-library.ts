import pg from 'pg';
import { startEmbeddingProvider } from '../../test/support/embedding-provider.ts';
import { createEmptyDatabaseOn } from '../../test/support/empty-database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { startVectorPostgres } from '../../test/support/vector-server.ts';
import { openHttpLoad } from './http-load.ts';
import { fillLibrary } from './library.ts';
import { openOrchestrator } from './orchestrator.ts';
import { keepRunning } from './running.ts';
import { fillVectors } from './vectors.ts';

const documents = 50_000;
const dimensions = 384;
export const model = `words-${dimensions}`;

/** A program that finds documents by their words and by their meaning, with a model at hand that answers at once. */
export async function openMeaningLibrary() {
  const server = await startVectorPostgres();
  const stop = keepRunning(() => server.stop());
  const provider = await startEmbeddingProvider();
  const silence = keepRunning(() => provider.close());
  const database = await createEmptyDatabaseOn(server.url);
  const environment = { OPENAI_API_KEY: 'sk-bench', OPENAI_BASE_URL: provider.url };
  await makeSpace(database.url, environment);
  const needle = await fillLibrary(database.url, documents);
  await fillVectors(database.url, needle, dimensions);
  const orchestrator = await openOrchestrator(database.url, environment);
  const load = openHttpLoad();
  const search = (query: string) => `/knowledge/search?${new URLSearchParams({ q: query, limit: '10' })}`;
  const { results } = await orchestrator.call<{ results: { id: string }[] }>('GET', search(needle.query));
  if (results[0]?.id !== needle.id || results.length < 10)
    throw new Error(`${needle.query} found ${results.length}: ${JSON.stringify(results[0])}`);
  return {
    needle,
    load,
    search,
    providerUrl: provider.url,
    port: Number(new URL(orchestrator.url).port),
    async close() {
      await load.close();
      await orchestrator.close();
      await silence();
      await stop();
    },
  };
}

/** The program makes the tables itself, for what it knows of a new team: its profiles, which then make room. */
async function makeSpace(databaseUrl: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const orchestrator = await openOrchestrator(databaseUrl, environment);
  await orchestrator.call('POST', '/settings/knowledge/embedding_model', { value: `openai/${model}` });
  await orchestrator.call('POST', '/scheduler/jobs/rag-refresh/run');
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const isThere = async () => {
    const { rows } = await client.query<{ made: string | null }>(`select to_regclass('passage_vectors_1') as made`);
    return rows[0]?.made ?? undefined;
  };
  try {
    await eventually(isThere, { withinMs: 60_000, what: 'the table of vectors' });
    await orchestrator.close();
    await client.query('truncate documents cascade');
  } finally {
    await client.end();
  }
}
