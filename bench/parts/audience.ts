import type { News } from './news.ts';
import { startWorker, type Worker } from './worker.ts';

/** So many clients in a process of their own, and what they hear. */
export interface Audience {
  /** Deliveries per second, from the first to the last, of so many frames to each client. */
  hear(frames: number, send: () => Promise<unknown>): Promise<number>;
  close(): Promise<void>;
}

export interface Stage {
  readonly port: number;
  readonly clients: number;
}

const listeners = () => startWorker(new URL('./listeners.worker.ts', import.meta.url));

const audienceOf = (worker: Worker, clients: number): Audience => ({
  async hear(frames, send) {
    await worker.call('arm', { frames: frames * clients });
    await send();
    const { ms } = await worker.call<{ ms: number }>('count');
    return (frames * clients * 1_000) / ms;
  },
  close: () => worker.end(),
});

export async function openBareAudience({ port, clients }: Stage): Promise<Audience> {
  const worker = listeners();
  await worker.call('connect', { port, count: clients });
  return audienceOf(worker, clients);
}

/** Resolves once every client of every replica is live: the first news reaches each of them in one way or another. */
export async function openAudience(stages: readonly Stage[], key: string, news: News): Promise<Audience> {
  const worker = listeners();
  const clients = stages.reduce((sum, stage) => sum + stage.clients, 0);
  // The greeting comes first, then the news.
  await worker.call('arm', { frames: clients * 2 });
  for (const { port, clients: count } of stages) await worker.call('connect', { port, count, key });
  await news.publish(1);
  await worker.call('count');
  return audienceOf(worker, clients);
}
