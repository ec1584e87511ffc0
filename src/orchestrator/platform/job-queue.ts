import { once } from 'node:events';
import { Redis } from 'ioredis';
import pg from 'pg';

/** Something to do, told by the id of its row. */
export interface QueuedJob {
  readonly rowId: string;
  /** Of the row: another attempt is another job, the same attempt is the same job however often it is offered. */
  readonly attempt: number;
  readonly delayMs: number;
}

/** Hands jobs to whichever replica is free. It may lose them all: rows in Postgres know what there is to do. */
export interface JobQueue {
  /** Rejects at once when the queue is away. */
  offer(jobs: readonly QueuedJob[]): Promise<void>;
  /** Takes jobs from now on; `run` gets the row's id. To be called once. */
  work(run: (rowId: string) => Promise<void>): void;
  /** Waits for what is running; of a queue that is away, not for long. */
  close(): Promise<void>;
}

interface QueueOptions {
  readonly url: string;
  /** Keeps queues and teams apart. */
  readonly name: string;
  /** Jobs at once in this process. */
  readonly concurrency: number;
  readonly onError: (error: unknown) => void;
}

/** Nothing of a job is kept once it ran: its id is free for the next sweep that finds its row undone. */
const forgotten = { removeOnComplete: true, removeOnFail: true };
const habits = { removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } };

/** Costs some 25 MB of memory, so it is loaded where there is something to hand out. */
export const load = () => import('bullmq');

/** A queue that is opened with the first job: whoever hands out none does not pay for it. */
export function openLater(open: () => Promise<JobQueue>): JobQueue {
  let work: ((rowId: string) => Promise<void>) | undefined;
  let opening: Promise<JobQueue> | undefined;

  async function openNow(): Promise<JobQueue> {
    const queue = await open();
    if (work) queue.work(work);
    return queue;
  }

  return {
    async offer(jobs) {
      if (jobs.length === 0) return;
      opening ??= openNow();
      const queue = await opening.catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      await queue.offer(jobs);
    },
    work(run) {
      work = run;
    },
    async close() {
      await (await opening?.catch(() => undefined))?.close();
    },
  };
}

/** For all who look at a queue on Redis: under another prefix it would be another queue. */
export const redisSpelling = { prefix: 'boardroom', skipVersionCheck: true };

export async function createRedisJobQueue({ url, name, concurrency, onError }: QueueOptions): Promise<JobQueue> {
  const { Queue, Worker } = await load();
  const retryStrategy = (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000);
  const shared = { maxRetriesPerRequest: null, retryStrategy, connectTimeout: 2_000, keepAlive: 5_000 };
  // What cannot be offered now is found by the sweep; nobody waits for Redis to come back.
  const offering = new Redis(url, { ...shared, enableOfflineQueue: false });
  const working = new Redis(url, shared);
  for (const client of [offering, working]) client.on('error', onError);
  const queue = new Queue<RowId>(name, { ...redisSpelling, connection: offering, skipWaitingForReady: true });
  return wrap(queue, {
    makeWorker: (process) =>
      new Worker<RowId>(name, process, { ...redisSpelling, ...habits, connection: working, concurrency }),
    disconnect() {
      offering.disconnect();
      working.disconnect();
    },
    // Its status says `ready` for a moment after the last word of a Redis that ended.
    isThere: () =>
      offering.ping().then(
        () => true,
        () => false,
      ),
    onError,
  });
}

/** BullMQ's tables are in a schema of their own, which the role of the URL must be allowed to make. */
export const schema = 'boardroom_jobs';

export async function openPostgresJobQueue({ url, name, concurrency, onError }: QueueOptions): Promise<JobQueue> {
  const { createPostgresBackend, withBackend } = await load();
  const postgresClasses = withBackend(createPostgresBackend);
  await migrateJobs(url);
  const connection = {
    connectionString: url,
    schema,
    max: 2,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    keepAlive: true,
    application_name: 'boardroom jobs',
  };
  return wrap(new postgresClasses.Queue<RowId>(name, { connection }), {
    makeWorker: (process) => new postgresClasses.Worker<RowId>(name, process, { ...habits, connection, concurrency }),
    disconnect: () => undefined,
    isThere: async () => true,
    onError,
  });
}

export async function migrateJobs(url: string): Promise<void> {
  const { runMigrations } = await load();
  const client = new pg.Client(url);
  await client.connect();
  try {
    await runMigrations(client, schema);
  } finally {
    await client.end();
  }
}

interface RowId {
  readonly rowId: string;
}

interface Ending {
  on(event: 'error', listener: (error: unknown) => void): unknown;
  close(): Promise<void>;
}

interface Working extends Ending {
  /** `force`: without waiting for what runs; its rows know better. */
  close(force?: boolean): Promise<void>;
}

interface Offers extends Ending {
  addBulk(jobs: { name: string; data: RowId; opts: object }[]): Promise<unknown>;
}

interface Backend {
  readonly makeWorker: (process: (job: { data: RowId }) => Promise<void>) => Working;
  /** Lets go of connections that were made here. */
  readonly disconnect: () => void;
  readonly isThere: () => Promise<boolean>;
  readonly onError: (error: unknown) => void;
}

function wrap(queue: Offers, { makeWorker, disconnect, isThere, onError }: Backend): JobQueue {
  let worker: Working | undefined;
  queue.on('error', onError);
  return {
    async offer(jobs) {
      const offers = jobs.map(({ rowId, attempt, delayMs }) => ({
        name: 'row',
        data: { rowId },
        opts: { ...forgotten, jobId: `${rowId}-${attempt}`, delay: delayMs },
      }));
      if (offers.length > 0) await withinBound(queue.addBulk(offers));
    },
    work(run) {
      worker ??= makeWorker(({ data }) => run(data.rowId));
      worker.on('error', onError);
    },
    async close() {
      const isForced = !(await withinBound(isThere()).catch(() => false));
      try {
        if (isForced) disconnect();
        await withinBound(Promise.all([worker?.close(isForced), queue.close()]));
      } catch (error) {
        onError(error);
      }
      disconnect();
    },
  };
}

/** A queue that hangs holds up nobody for longer than this. */
const answerMsMax = 3_000;

async function withinBound<T>(answer: Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(answerMsMax);
  answer.catch(() => undefined);
  return Promise.race([
    answer,
    once(late, 'abort').then(() => {
      throw new Error('The job queue does not answer');
    }),
  ]);
}
