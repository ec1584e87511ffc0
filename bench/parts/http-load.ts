import { median } from '../measure.ts';
import { key } from './orchestrator.ts';
import { startWorker } from './worker.ts';

/** Requests from a process of its own. */
export interface HttpLoad {
  /** Requests per second. */
  rate(target: Target, connections: number): Promise<number>;
  /** The median of one after the other, in milliseconds. */
  latency(target: Target): Promise<number>;
  close(): Promise<void>;
}

export interface Target {
  readonly port: number;
  /** Several: one after the other, and again from the first. */
  readonly path: string | readonly string[];
  readonly requests: number;
}

export function openHttpLoad(): HttpLoad {
  const worker = startWorker(new URL('./http-load.worker.ts', import.meta.url));
  const load = (target: Target, connections: number) =>
    worker.call<{ ms: number; latenciesMs: number[] }>('load', { ...target, key, connections });
  return {
    rate: async (target, connections) => (target.requests * 1_000) / (await load(target, connections)).ms,
    latency: async (target) => median((await load(target, 1)).latenciesMs),
    close: () => worker.end(),
  };
}
