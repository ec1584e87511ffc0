import { openHttpLoad } from '../parts/http-load.ts';
import { lengthenLog } from '../parts/long-log.ts';
import { openOrchestrator } from '../parts/orchestrator.ts';
import type { Row } from '../row.ts';

const requests = 100;

export const eventPages: Row = {
  name: 'event-pages',
  about: 'the deepest page of GET /events in a long log (5 M unless --events says else), against its first page',
  unit: 'ms',
  better: 'lower',
  goal: { ratio: 1.5 },
  needs: [],
  async open(bench) {
    const database = await bench.createDatabase();
    // The first start makes the tables.
    await (await openOrchestrator(database.url)).close();
    await lengthenLog(database.url, bench.longLog);
    const orchestrator = await openOrchestrator(database.url);
    const port = Number(new URL(orchestrator.url).port);
    const load = openHttpLoad();
    return {
      ours: () => load.latency({ port, path: '/events?limit=100&before=201', requests }),
      reference: () => load.latency({ port, path: '/events?limit=100', requests }),
      async close() {
        await load.close();
        await orchestrator.close();
        await database.drop();
      },
    };
  },
};
