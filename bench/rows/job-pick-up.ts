import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createRedisJobQueue } from '../../src/orchestrator/platform/job-queue.ts';
import { startRedis } from '../../test/support/redis-server.ts';
import { median } from '../measure.ts';
import { keepRunning } from '../parts/running.ts';
import type { Row } from '../row.ts';

const jobs = 300;

interface Desk {
  /** Puts one job in; resolves when it is taken up. */
  readonly hand: (id: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The median time from before a job is offered until it runs, each with nothing else to do. */
async function pickUp({ hand }: Desk): Promise<number> {
  const times: number[] = [];
  for (let job = 0; job < jobs; job += 1) {
    const startedAt = performance.now();
    await hand(`job_${startedAt}`);
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

/** One waits at a time. */
function createBell() {
  let ring: (id: string) => void = () => undefined;
  return {
    ring: (id: string) => ring(id),
    heard: (id: string) =>
      new Promise<void>((resolve) => {
        ring = (rung) => {
          if (rung === id) resolve();
        };
      }),
  };
}

async function openOurs(url: string): Promise<Desk> {
  const queue = await createRedisJobQueue({
    url,
    name: 'ours',
    concurrency: 8,
    onError: (error) => process.stderr.write(`${String(error)}\n`),
  });
  const bell = createBell();
  queue.work(async (rowId) => bell.ring(rowId));
  return {
    hand: async (rowId) =>
      void (await Promise.all([bell.heard(rowId), queue.offer([{ rowId, attempt: 0, delayMs: 0 }])])),
    close: () => queue.close(),
  };
}

async function openBare(url: string): Promise<Desk> {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new Queue('bare', { connection });
  const bell = createBell();
  const worker = new Worker('bare', async ({ data }) => bell.ring(data.id), { connection, concurrency: 8 });
  await worker.waitUntilReady();
  return {
    hand: async (id) =>
      void (await Promise.all([bell.heard(id), queue.add('job', { id }, { removeOnComplete: true })])),
    async close() {
      await worker.close();
      await queue.close();
      connection.disconnect();
    },
  };
}

export const jobPickUp: Row = {
  name: 'job-pick-up',
  about: 'from a job that is offered until it runs, on an idle queue on Redis, against bare BullMQ on the same Redis',
  unit: 'ms',
  better: 'lower',
  goal: { ratio: 2 },
  needs: ['redis'],
  async open() {
    const redis = await startRedis();
    const endRedis = keepRunning(() => redis.stop());
    const [ours, bare] = [await openOurs(redis.url), await openBare(redis.url)];
    return {
      ours: () => pickUp(ours),
      reference: () => pickUp(bare),
      async close() {
        await ours.close();
        await bare.close();
        await endRedis();
      },
    };
  },
};
