import { openHttpLoad } from '../parts/http-load.ts';
import { fillLibrary } from '../parts/library.ts';
import { openOrchestrator } from '../parts/orchestrator.ts';
import type { Row } from '../row.ts';

const documents = 50_000;
const requests = 300;

export const knowledgeSearch: Row = {
  name: 'knowledge-search',
  about: 'GET /knowledge/search for one document among 50,000, against GET /knowledge/:id of the same document',
  unit: 'ms',
  better: 'lower',
  goal: { ratio: 3 },
  needs: [],
  async open(bench) {
    const database = await bench.createDatabase();
    // The first start makes the tables.
    await (await openOrchestrator(database.url)).close();
    const needle = await fillLibrary(database.url, documents);
    const orchestrator = await openOrchestrator(database.url);
    const port = Number(new URL(orchestrator.url).port);
    const load = openHttpLoad();
    const search = `/knowledge/search?${new URLSearchParams({ q: needle.query, limit: '10' })}`;
    const { results } = await orchestrator.call<{ results: { id: string }[] }>('GET', search);
    if (results[0]?.id !== needle.id) throw new Error(`${needle.query} found ${JSON.stringify(results[0])}`);
    return {
      ours: () => load.latency({ port, path: search, requests }),
      reference: () => load.latency({ port, path: `/knowledge/${needle.id}`, requests }),
      async close() {
        await load.close();
        await orchestrator.close();
        await database.drop();
      },
    };
  },
};
