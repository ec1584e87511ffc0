import { startRedis } from '../../test/support/redis-server.ts';
import { openAudience } from '../parts/audience.ts';
import { openNews } from '../parts/news.ts';
import { key, openOrchestrator } from '../parts/orchestrator.ts';
import { keepRunning } from '../parts/running.ts';
import type { Bench, Row } from '../row.ts';

const clients = 1_000;
const frames = 100;

/** So many replicas on one database and one Redis, the clients shared out among them. */
async function openReplicas(bench: Bench, count: number) {
  const database = await bench.createDatabase();
  const redis = await startRedis();
  const endRedis = keepRunning(() => redis.stop());
  const start = () => openOrchestrator(database.url, { REDIS_URL: redis.url });
  const first = await start();
  const replicas = [first, ...(await Promise.all(Array.from({ length: count - 1 }, start)))];
  const news = await openNews(database.url);
  const stages = replicas.map(({ url }) => ({ port: Number(new URL(url).port), clients: clients / count }));
  const audience = await openAudience(stages, key, news);
  return {
    hear: () => audience.hear(frames, () => news.publish(frames)),
    async close() {
      await Promise.all([audience.close(), news.close()]);
      for (const replica of replicas) await replica.close();
      await endRedis();
      await database.drop();
    },
  };
}

export const fanOutReplicas: Row = {
  name: 'fan-out-replicas',
  about: 'deliveries to 1,000 dashboards at two replicas over Redis, against one replica with all of them',
  unit: '/s',
  better: 'higher',
  goal: { ratio: 1.3 },
  needs: ['redis'],
  async open(bench) {
    const two = await openReplicas(bench, 2);
    const one = await openReplicas(bench, 1);
    return {
      ours: two.hear,
      reference: one.hear,
      async close() {
        await two.close();
        await one.close();
      },
    };
  },
};
