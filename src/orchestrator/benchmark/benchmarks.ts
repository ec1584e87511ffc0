import type { Feed } from '../events/feed.ts';
import type { Foundation } from '../foundation.ts';
import type { Models } from '../models/models.ts';
import type { CodeRunner } from '../platform/code-runner.ts';
import type { JobQueue } from '../platform/job-queue.ts';
import { createBackground } from '../queue/background.ts';
import type { Services } from '../services.ts';
import { createSweep, type Sweep } from '../sweep.ts';
import { createAsk } from './ask.ts';
import { createGrader } from './grade.ts';
import type { Library } from './library.ts';
import { type BenchmarkService, createBenchmarkService } from './service.ts';
import { createBenchmarkWork } from './work.ts';

export interface Benchmarks {
  readonly service: BenchmarkService;
  /** What confines the code that models write; null until that is known. */
  readonly codeRuns: () => CodeRunner['kind'] | null;
  /** One for each term of a leader. */
  readonly createDuty: () => Sweep;
}

interface Parts {
  readonly services: Services;
  readonly feed: Feed;
  readonly models: Models;
  readonly library: Library;
  readonly queue: JobQueue;
  readonly codeRunner: Promise<CodeRunner | undefined>;
}

/** Whoever works renews it three times meanwhile; a death costs a question this long. */
const claimMs = 15_000;
/** What the queue has is not taken from it: a question may have to wait for all those before it. */
const patienceMs = 3_600_000;

/** Compares models; on every replica, with the sweep on the leader. */
export function openBenchmarks(foundation: Foundation, parts: Parts): Benchmarks {
  const { config, lifecycle, log, database, clock, chance } = foundation;
  const { services, feed, models, library, queue, codeRunner } = parts;
  const { postgres } = database;
  const onError = (error: unknown) => log.warn({ err: error }, 'benchmark');
  const closing = new AbortController();
  let runner: CodeRunner | undefined;
  codeRunner.then((known) => {
    runner = known;
  }, onError);

  const ask = createAsk({ think: models.think, clock });
  const work = createBenchmarkWork({
    ...services,
    postgres,
    library,
    ask,
    grade: createGrader({ ask, chance, codeRunner }),
    clock,
    claimMs,
    closing: closing.signal,
  });
  const background = createBackground({ queue, chore: work, clock, patienceMs, onError });
  lifecycle.onClose('benchmarks', async () => {
    // An answer may take minutes: the call is cut off, and its question goes back to whoever is next.
    closing.abort();
    await background.close();
  });
  feed.onEvent(({ eventType, payload }) => {
    if (eventType === 'benchmark_finished' && payload['status'] === 'cancelled') work.cut(String(payload['runId']));
  });
  return {
    service: createBenchmarkService({ ...services, postgres, chance, library, onBegun: background.offer }),
    codeRuns: () => runner?.kind ?? null,
    createDuty: () => createSweep({ clock, everyMs: config.every.sweepMs, work: [background.sweep], onError }),
  };
}
