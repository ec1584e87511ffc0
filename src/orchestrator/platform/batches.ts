/** Enough for a day of a busy team; what is left over is old tomorrow as well. */
const batchesMax = 400;
const rowsInBatch = 5_000;

/** Removes rows batch by batch, so that no lock is held for long, until one comes out short; returns how many went. */
export async function inBatches(remove: (limit: number) => Promise<number>, signal: AbortSignal): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < batchesMax; batch += 1) {
    signal.throwIfAborted();
    const count = await remove(rowsInBatch);
    removed += count;
    if (count < rowsInBatch) break;
  }
  return removed;
}
