import { setTimeout as sleep } from 'node:timers/promises';

/** What `probe` finds, as soon as it finds something: for what happens in its own time. Rejects when it never does. */
export async function eventually<T>(
  probe: () => Promise<T | undefined> | T | undefined,
  { withinMs = 10_000, what = 'what was waited for' }: { withinMs?: number; what?: string } = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${withinMs} ms`);
    await sleep(20);
  }
}
