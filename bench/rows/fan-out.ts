import { openAudience, openBareAudience } from '../parts/audience.ts';
import { newsPayloadBytes, openNews } from '../parts/news.ts';
import { key, openOrchestrator } from '../parts/orchestrator.ts';
import { startWorker } from '../parts/worker.ts';
import type { Row } from '../row.ts';

const clients = 1_000;
const frames = 100;

export const fanOut: Row = {
  name: 'fan-out',
  about: 'deliveries to 1,000 dashboards, from the log on, against bare TCP with one write for each',
  unit: '/s',
  better: 'higher',
  goal: { ratio: 0.85 },
  needs: [],
  async open(bench) {
    const database = await bench.createDatabase();
    const orchestrator = await openOrchestrator(database.url);
    const news = await openNews(database.url);
    const audience = await openAudience([{ port: Number(new URL(orchestrator.url).port), clients }], key, news);
    const raw = startWorker(new URL('../parts/raw-fan-out.worker.ts', import.meta.url));
    const bare = await openBareAudience({ port: await raw.call<number>('listen'), clients });
    return {
      ours: () => audience.hear(frames, () => news.publish(frames)),
      reference: () => bare.hear(frames, () => raw.call('send', { frames, payload: newsPayloadBytes })),
      async close() {
        await Promise.all([audience.close(), bare.close(), raw.end(), news.close()]);
        await orchestrator.close();
        await database.drop();
      },
    };
  },
};
