import { setTimeout as sleep } from 'node:timers/promises';

/** What /health, /ready and /metrics said at one moment. */
export interface HealthSample {
  /** When the questions were asked and when the last answer was there, on a clock that never jumps. */
  readonly from: number;
  readonly to: number;
  /** The status; `undefined` when there was no answer in time. */
  readonly health: number | undefined;
  readonly ready: number | undefined;
  readonly checks: Readonly<Record<string, string>>;
  readonly retryAfter: string | null;
  /** Agents connected to the gateway. */
  readonly agentSockets: number | undefined;
}

export interface HealthWatch {
  readonly samples: readonly HealthSample[];
  /** Samples that lie wholly between these two moments. */
  between(from: number, to: number): readonly HealthSample[];
  stop(): Promise<void>;
}

const everyMs = 150;
/** Whoever asks for health does not wait for longer. */
const answerMsMax = 10_000;

/** Asks all the time, as a load balancer and a dashboard would. */
export function watchHealth(url: string): HealthWatch {
  const samples: HealthSample[] = [];
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      samples.push(await sample(url));
      await sleep(everyMs);
    }
  })();
  return {
    samples,
    between: (from, to) => samples.filter((one) => one.from >= from && one.to <= to),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function sample(url: string): Promise<HealthSample> {
  const from = performance.now();
  const [health, ready, metrics] = await Promise.all([
    ask(`${url}/health`),
    ask(`${url}/ready`),
    ask(`${url}/metrics`),
  ]);
  const sockets = /boardroom_sockets\{kind="agent"\} (\d+)/.exec(metrics?.text ?? '')?.[1];
  return {
    from,
    to: performance.now(),
    health: health?.status,
    ready: ready?.status,
    checks: ready === undefined ? {} : JSON.parse(ready.text).checks,
    retryAfter: ready?.headers.get('retry-after') ?? null,
    agentSockets: sockets === undefined ? undefined : Number(sockets),
  };
}

async function ask(url: string): Promise<{ status: number; headers: Headers; text: string } | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerMsMax) });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch {
    // No answer is an answer: the sample says so.
    return undefined;
  }
}
