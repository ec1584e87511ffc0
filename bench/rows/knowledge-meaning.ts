import pg from 'pg';
import { embed, startEmbeddingProvider } from '../../test/support/embedding-provider.ts';
import { createEmptyDatabaseOn } from '../../test/support/empty-database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { startVectorPostgres } from '../../test/support/vector-server.ts';
import { openHttpLoad } from '../parts/http-load.ts';
import { fillLibrary, type Needle } from '../parts/library.ts';
import { openOrchestrator } from '../parts/orchestrator.ts';
import { keepRunning } from '../parts/running.ts';
import type { Row } from '../row.ts';

const documents = 50_000;
const dimensions = 384;
const requests = 300;

export const knowledgeMeaning: Row = {
  name: 'knowledge-meaning',
  about:
    'GET /knowledge/search by words and by 50,000 vectors, of a question asked before, against GET /knowledge/:id of the document found',
  unit: 'ms',
  better: 'lower',
  goal: { ratio: 3 },
  needs: ['pgvector'],
  async open() {
    const server = await startVectorPostgres();
    const stop = keepRunning(() => server.stop());
    const provider = await startEmbeddingProvider();
    const silence = keepRunning(() => provider.close());
    const database = await createEmptyDatabaseOn(server.url);
    const environment = { OPENAI_API_KEY: 'sk-bench', OPENAI_BASE_URL: provider.url };
    await makeSpace(database.url, environment);
    const needle = await fillLibrary(database.url, documents);
    await fillVectors(database.url, needle);
    const orchestrator = await openOrchestrator(database.url, environment);
    const port = Number(new URL(orchestrator.url).port);
    const load = openHttpLoad();
    const path = `/knowledge/search?${new URLSearchParams({ q: needle.query, limit: '10' })}`;
    const { results } = await orchestrator.call<{ results: { id: string }[] }>('GET', path);
    if (results[0]?.id !== needle.id) throw new Error(`${needle.query} found ${JSON.stringify(results[0])}`);
    return {
      ours: () => load.latency({ port, path, requests }),
      reference: () => load.latency({ port, path: `/knowledge/${needle.id}`, requests }),
      async close() {
        await load.close();
        await orchestrator.close();
        await silence();
        await stop();
      },
    };
  },
};

/** The program makes the tables itself, for what it knows of a new team: its profiles, which then make room. */
async function makeSpace(databaseUrl: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const orchestrator = await openOrchestrator(databaseUrl, environment);
  await orchestrator.call('POST', '/settings/knowledge/embedding_model', { value: `openai/words-${dimensions}` });
  await orchestrator.call('POST', '/scheduler/jobs/rag-refresh/run');
  await withClient(databaseUrl, async (client) => {
    const isThere = async () => {
      const { rows } = await client.query<{ made: string | null }>(`select to_regclass('passage_vectors_1') as made`);
      return rows[0]?.made ?? undefined;
    };
    await eventually(isThere, { withinMs: 60_000, what: 'the table of vectors' });
    await orchestrator.close();
    await client.query('truncate documents cascade');
  });
}

/** Each document points somewhere by chance, the needle where its question does. */
const fillVectors = (databaseUrl: string, needle: Needle): Promise<void> =>
  withClient(databaseUrl, async (client) => {
    const asked = `[${embed(needle.query, dimensions).join(',')}]`;
    // One by one the index would take minutes.
    await client.query(`set maintenance_work_mem = '256MB'; drop index passage_vectors_1_by_vector`);
    await client.query(insertVectors, [dimensions]);
    await client.query(pointVector, [asked, needle.id]);
    await client.query(makeIndex);
    await client.query('vacuum analyze passage_vectors_1');
  });

async function withClient(databaseUrl: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

const pointVector = 'update passage_vectors_1 set embedding = $1::text::halfvec where document_id = $2';
const makeIndex =
  'create index passage_vectors_1_by_vector on passage_vectors_1 using hnsw (embedding halfvec_cosine_ops)';

const insertVectors = `
  insert into passage_vectors_1 (document_id, position, document_hash, text_hash, kind, owner, embedding)
  select d.id, 0, d.content_hash, '', d.kind, d.owner, (
    select array_agg(random() - 0.5)::real[]::halfvec from generate_series(1, $1) where d.id <> ''
  )
  from documents d`;
