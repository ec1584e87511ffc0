import type { Clock } from '../platform/clock.ts';

/**
 * A keyed, level-triggered work queue. `wake` says only which key deserves a look, and why for the log;
 * `reconcile` finds out for itself what is true. Wakes for one key collapse; one key is never worked on twice
 * at once; a wake that lands during work causes one more pass. A key that fails is retried with back-off;
 * every key is looked at again each `resyncMs`, wakes or not.
 */
export interface ReconcileLoop {
  start(): void;
  wake(key: string, reason: PassReason): void;
  wakeAll(reason: PassReason): Promise<void>;
  /** Takes no new work, then waits for the passes already under way. */
  stop(): Promise<void>;
}

export type PassReason = 'boot' | 'resync' | 'retry' | 'recheck' | 'runtime' | 'operator' | 'profile';

export interface ReconcileDeps {
  readonly clock: Clock;
  readonly keys: () => Promise<readonly string[]>;
  readonly reconcile: (
    key: string,
    reasons: ReadonlySet<PassReason>,
    signal: AbortSignal,
  ) => Promise<{ recheckAt?: number }>;
  readonly onError: (key: string, error: unknown) => void;
  readonly resyncMs: number;
  readonly retryMs: number;
  readonly retryMsMax: number;
}

export function createReconcileLoop(deps: ReconcileDeps): ReconcileLoop {
  const { clock } = deps;
  const stopping = new AbortController();
  const pending = new Map<string, Set<PassReason>>();
  const busy = new Set<string>();
  const working = new Map<string, Promise<void>>();
  const failures = new Map<string, number>();
  const alarms = new Map<string, AbortController>();
  let running: Promise<void> | undefined;

  function wake(key: string, reason: PassReason): void {
    if (stopping.signal.aborted) return;
    const reasons = pending.get(key) ?? new Set();
    pending.set(key, reasons.add(reason));
    if (busy.has(key)) return;
    // Marked before the pass begins: it may wake itself.
    busy.add(key);
    working.set(key, drain(key));
  }

  async function drain(key: string): Promise<void> {
    for (let reasons = take(key); reasons; reasons = take(key)) await pass(key, reasons);
    busy.delete(key);
    working.delete(key);
  }

  function take(key: string): Set<PassReason> | undefined {
    if (stopping.signal.aborted) return undefined;
    const reasons = pending.get(key);
    pending.delete(key);
    return reasons;
  }

  async function pass(key: string, reasons: ReadonlySet<PassReason>): Promise<void> {
    alarms.get(key)?.abort();
    try {
      const { recheckAt } = await deps.reconcile(key, reasons, stopping.signal);
      failures.delete(key);
      if (recheckAt !== undefined) void wakeAfter(recheckAt - clock.now(), key, 'recheck');
    } catch (error) {
      const attempt = (failures.get(key) ?? 0) + 1;
      failures.set(key, attempt);
      deps.onError(key, error);
      void wakeAfter(Math.min(deps.retryMs * 2 ** (attempt - 1), deps.retryMsMax), key, 'retry');
    }
  }

  /** One alarm per key: the next pass, whatever woke it, replaces it. */
  async function wakeAfter(ms: number, key: string, reason: PassReason): Promise<void> {
    const alarm = new AbortController();
    alarms.set(key, alarm);
    await clock.sleep(Math.max(ms, 0), AbortSignal.any([alarm.signal, stopping.signal]));
    if (alarms.get(key) === alarm) alarms.delete(key);
    if (!alarm.signal.aborted) wake(key, reason);
  }

  async function wakeAll(reason: PassReason): Promise<void> {
    try {
      for (const key of await deps.keys()) wake(key, reason);
    } catch (error) {
      deps.onError('*', error);
    }
  }

  async function resync(): Promise<void> {
    await wakeAll('boot');
    while (!stopping.signal.aborted) {
      await clock.sleep(deps.resyncMs, stopping.signal);
      if (!stopping.signal.aborted) await wakeAll('resync');
    }
  }

  return {
    start() {
      running ??= resync();
    },
    wake,
    wakeAll,
    async stop() {
      stopping.abort();
      await running;
      await Promise.all(working.values());
    },
  };
}
