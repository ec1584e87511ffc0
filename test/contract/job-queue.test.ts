import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createRedisJobQueue,
  type JobQueue,
  openPostgresJobQueue,
  type QueuedJob,
} from '../../src/orchestrator/platform/job-queue.ts';
import { createEmptyDatabase } from '../support/database.ts';
import type { EmptyDatabase } from '../support/empty-database.ts';
import { eventually } from '../support/eventually.ts';
import { findMissingRedis, type RedisServer, startRedis } from '../support/redis-server.ts';

const quiet = { concurrency: 4, onError: () => undefined };
const job = (rowId: string, { attempt = 0, delayMs = 0 } = {}) => ({ rowId, attempt, delayMs });

const offered = (queue: JobQueue, only: QueuedJob): Promise<true | undefined> =>
  queue.offer([only]).then(
    () => true,
    () => undefined,
  );

/** What holds for every queue, whatever carries it. */
function behavesAsQueue(open: (name: string) => Promise<JobQueue>): void {
  const opened: JobQueue[] = [];
  const ran: string[] = [];
  const place = { name: '' };
  let names = 0;

  /** A replica of this test's team. */
  async function replica(run: (rowId: string) => Promise<void> = async () => undefined): Promise<JobQueue> {
    const queue = await open(place.name);
    opened.push(queue);
    queue.work(async (rowId) => {
      ran.push(rowId);
      await run(rowId);
    });
    return queue;
  }
  const until = (count: number) =>
    eventually(() => (ran.length >= count ? ran : undefined), { what: `${count} jobs; there are ${ran.join(' ')}` });
  const start = () => {
    names += 1;
    place.name = `jobs-${names}`;
    ran.length = 0;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((queue) => queue.close()));
  });

  it('runs each job once, on one of the replicas', async () => {
    start();
    const [one] = await Promise.all([replica(), replica()]);
    const rows = Array.from({ length: 40 }, (_, index) => `row_${index}`);
    await one?.offer(rows.map((rowId) => job(rowId)));
    expect(new Set(await until(40))).toEqual(new Set(rows));
    expect(ran).toHaveLength(40);
    await one?.offer([job('last')]);
    expect(await until(41)).toHaveLength(41);
  });

  it('takes an attempt that is offered twice for one', async () => {
    start();
    const queue = await open(place.name);
    opened.push(queue);
    for (let time = 0; time < 3; time += 1) await queue.offer([job('row_a')]);
    await queue.offer([job('row_a', { attempt: 1 })]);
    await replica();
    await queue.offer([job('last', { delayMs: 300 })]);
    expect(await until(3)).toEqual(['row_a', 'row_a', 'last']);
  });

  it('takes an attempt anew once it has run, whether that went well or not', async () => {
    start();
    const queue = await replica((rowId) => (rowId === 'bad' ? Promise.reject(new Error('bad')) : Promise.resolve()));
    await queue.offer([job('good'), job('bad')]);
    await until(2);
    // Its end is noted after it: offered in between, it would be the one that is just ending.
    await eventually(async () => {
      await queue.offer([job('good'), job('bad')]);
      return ran.filter((rowId) => rowId === 'good').length > 1 && ran.filter((rowId) => rowId === 'bad').length > 1
        ? true
        : undefined;
    });
  });

  it('keeps a job for later', async () => {
    start();
    const queue = await replica();
    const before = performance.now();
    await queue.offer([job('later', { delayMs: 400 })]);
    await until(1);
    expect(performance.now() - before).toBeGreaterThan(390);
  });

  it('waits at its close for what is running', async () => {
    start();
    let finish: () => void = () => undefined;
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const queue = await replica(() => done);
    await queue.offer([job('running')]);
    await until(1);
    let isClosed = false;
    const closed = queue.close().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isClosed).toBe(false);
    finish();
    await closed;
  });
}

describe('the queue on Postgres', () => {
  let database: EmptyDatabase;
  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(() => database.drop());

  behavesAsQueue((name) => openPostgresJobQueue({ ...quiet, url: database.url, name }));

  it('makes its tables once, however many replicas start at once', async () => {
    const fresh = await createEmptyDatabase();
    const options = { ...quiet, url: fresh.url, name: 'jobs' };
    const queues = await Promise.all([1, 2, 3].map(() => openPostgresJobQueue(options)));
    await Promise.all(queues.map((queue) => queue.close()));
    await fresh.drop();
  });
});

describe.skipIf(findMissingRedis() !== undefined)('the queue on Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  const open = async (name: string, onError: (error: unknown) => void = () => undefined) => {
    const queue = await createRedisJobQueue({ ...quiet, onError, url: redis.url, name });
    // It does not wait for its connection; these tests do.
    await eventually(() => offered(queue, job('first', { delayMs: 3_600_000 })));
    return queue;
  };

  behavesAsQueue((name) => open(name));

  it('refuses at once while Redis is away, goes on when it is back, and closes either way', async () => {
    const ran: string[] = [];
    const errors: unknown[] = [];
    const queue = await open('outage', (error) => errors.push(error));
    queue.work(async (rowId) => void ran.push(rowId));
    await eventually(() => offered(queue, job('before')));
    await eventually(() => ran.includes('before') || undefined);
    await redis.stop();
    await expect(queue.offer([job('away')])).rejects.toThrow(/^(?!.*does not answer)/);
    await redis.start();
    await eventually(() => offered(queue, job('after')));
    await eventually(() => ran.includes('after') || undefined);
    await redis.stop();
    await eventually(() =>
      queue.offer([job('gone')]).then(
        () => undefined,
        () => true,
      ),
    );
    await queue.close();
    // It had not to be given up on.
    expect(errors.map(String)).not.toContainEqual(expect.stringContaining('does not answer'));
    await redis.start();
  });
});
