import { startRedis } from '../../test/support/redis-server.ts';
import { openAudience } from '../parts/audience.ts';
import { openNews } from '../parts/news.ts';
import { type BenchOrchestrator, key, openOrchestrator } from '../parts/orchestrator.ts';
import { keepRunning } from '../parts/running.ts';
import type { Bench, Row } from '../row.ts';

const clients = 1_000;
const frames = 1_000;

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
    async hear() {
      const before = await Promise.all(replicas.map(processorSeconds));
      await audience.hear(frames, () => news.publish(frames));
      const after = await Promise.all(replicas.map(processorSeconds));
      const busiest = Math.max(...after.map((seconds, at) => seconds - (before[at] ?? 0)));
      return (frames * clients) / busiest;
    },
    async close() {
      await Promise.all([audience.close(), news.close()]);
      for (const replica of replicas) await replica.close();
      await endRedis();
      await database.drop();
    },
  };
}

/** What a replica's process has had of the processors so far. */
async function processorSeconds({ url }: BenchOrchestrator): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(metrics)?.[1]);
}

/**
 * By processor time and not by the clock: the replicas share their machine with the clients, who cost more than they do,
 * and on two cores a second replica has none to itself.
 */
export const fanOutReplicas: Row = {
  name: 'fan-out-replicas',
  about:
    'deliveries to 1,000 dashboards at two replicas over Redis, for each second of processor time that the busier one spends, against one replica with all of them',
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
