import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** How /health answered over a time. */
export interface HealthSeen {
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  readonly count: number;
  /** Other statuses than 200; 0: no answer. */
  readonly failures: readonly number[];
}

/** Begins to ask; call the answer to end it. */
export function watchHealth(url: string): () => Promise<HealthSeen> {
  const worker = new Worker(new URL('./health-watch/worker.mjs', import.meta.url), { workerData: url });
  const answered = once(worker, 'message');
  return async () => {
    worker.postMessage('stop');
    const [seen] = (await answered) as [{ status: number; ms: number }[]];
    await worker.terminate();
    const took = seen.map(({ ms }) => ms).sort((a, b) => a - b);
    const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN;
    return {
      medianMs: at(0.5),
      p95Ms: at(0.95),
      maxMs: at(1),
      count: took.length,
      failures: seen.flatMap(({ status }) => (status === 200 ? [] : [status])),
    };
  };
}
