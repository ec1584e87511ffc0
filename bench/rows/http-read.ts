import { openHttpLoad } from '../parts/http-load.ts';
import { openOrchestrator } from '../parts/orchestrator.ts';
import { startWorker } from '../parts/worker.ts';
import type { Row } from '../row.ts';

const connections = 16;
const requests = 3_000;

export const httpRead: Row = {
  name: 'http-read',
  about: 'GET /tasks/:id with all middleware, against bare node:http with the same prepared read',
  unit: '/s',
  better: 'higher',
  goal: { ratio: 0.7 },
  needs: [],
  async open(bench) {
    const database = await bench.createDatabase();
    const orchestrator = await openOrchestrator(database.url);
    const asked = { title: 'Launch the newsletter', description: 'To all customers.', assignTo: 'cmo' };
    const { task } = await orchestrator.call<{ task: { id: string } }>('POST', '/tasks', asked);
    const bare = startWorker(new URL('../parts/bare-http.worker.ts', import.meta.url));
    const barePort = await bare.call<number>('listen', { databaseUrl: database.url, poolSize: 10 });
    const load = openHttpLoad();
    const path = `/tasks/${task.id}`;
    return {
      ours: () => load.rate({ port: Number(new URL(orchestrator.url).port), path, requests }, connections),
      reference: () => load.rate({ port: barePort, path, requests }, connections),
      async close() {
        await Promise.all([load.close(), bare.end()]);
        await orchestrator.close();
        await database.drop();
      },
    };
  },
};
