import type { Clock } from '../platform/clock.ts';

const hourMs = 3_600_000;

/** Work for a sweep that is due far less often than the sweep comes by; what failed is tried again at the next. */
export function hourly({ monotonic }: Pick<Clock, 'monotonic'>, work: () => Promise<unknown>): () => Promise<void> {
  let doneAt: number | undefined;
  return async () => {
    if (doneAt !== undefined && monotonic() - doneAt < hourMs) return;
    await work();
    doneAt = monotonic();
  };
}
