import { once } from 'node:events';
import type { Queue } from 'bullmq';
import type { RequestHandler } from 'express';
import { Redis } from 'ioredis';
import { AppError } from '../../contracts/errors.ts';
import { load, migrateJobs, redisSpelling, schema } from './job-queue.ts';

export interface QueuePlace {
  /** Redis where there is one, else Postgres. */
  readonly kind: 'redis' | 'postgres';
  readonly url: string;
  readonly names: readonly string[];
  readonly onError: (error: unknown) => void;
}

export interface QueueBoard {
  readonly pages: RequestHandler;
  close(): Promise<void>;
}

/**
 * Pages that show what the job queues hold. They only show: what changes something goes through the API, where it is recorded. They
 * cost memory and a connection of their own, so they are loaded with the first visit.
 */
export function createQueueBoard(place: QueuePlace, path: string): QueueBoard {
  let opening: Promise<Open> | undefined;

  /** What could not be opened is tried anew by the next visitor. */
  const opened = (): Promise<Open> => {
    opening ??= open(place, path).catch((error: unknown) => {
      opening = undefined;
      throw away(error);
    });
    return opening;
  };

  return {
    async pages(request, response, next) {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        throw new AppError('not_allowed', 'These pages only show what the queues hold');
      const { pages } = await opened();
      response.setHeader('Content-Security-Policy', policy);
      const send = response.send.bind(response);
      response.send = (body) => send(typeof body === 'string' ? withoutForeignLinks(body) : body);
      await pages(request, response, next);
    },
    async close() {
      await (await opening?.catch(() => undefined))?.close();
    },
  };
}

/** Stricter than elsewhere but for styles: the page has some in itself. */
const policy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "frame-ancestors 'none'",
].join(';');

/** Its page would load a font from elsewhere, and does well without. */
const withoutForeignLinks = (page: string): string =>
  page.startsWith('<!DOCTYPE html>') ? page.replaceAll(/<link [^>]*href="https?:[^>]*>/g, '') : page;

const away = (cause: unknown) => new AppError('dependency_unavailable', 'The job queues do not answer', { cause });

interface Open {
  readonly pages: RequestHandler;
  readonly close: () => Promise<void>;
}

async function open(place: QueuePlace, path: string): Promise<Open> {
  const [{ createBullBoard }, { BullMQAdapter }, { ExpressAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/express'),
  ]);
  const { queues, close } = await (place.kind === 'redis' ? openOnRedis(place) : openOnPostgres(place));
  for (const queue of queues) queue.on('error', place.onError);
  const serverAdapter = new ExpressAdapter().setBasePath(path);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Boardroom: the job queues' } },
  });
  // Its own would quote the error; ours ends where all errors do.
  serverAdapter.setErrorHandler((error) => {
    const isMissing = 'statusCode' in error && error.statusCode === 404;
    throw isMissing ? new AppError('not_found', 'There is no such job', { cause: error }) : away(error);
  });
  return { pages: serverAdapter.getRouter(), close };
}

interface OpenQueues {
  readonly queues: readonly Queue[];
  readonly close: () => Promise<void>;
}

const answerMsMax = 3_000;

async function openOnRedis({ url, names, onError }: QueuePlace): Promise<OpenQueues> {
  const { Queue } = await load();
  // A visitor is told that Redis is away, and does not wait for its return.
  const connection = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: answerMsMax,
    commandTimeout: answerMsMax,
  });
  connection.on('error', onError);
  try {
    await once(connection, 'ready', { signal: AbortSignal.timeout(answerMsMax) });
  } catch (error) {
    connection.disconnect();
    throw error;
  }
  const queues = names.map((name) => new Queue(name, { ...redisSpelling, connection }));
  return {
    queues,
    async close() {
      connection.disconnect();
      await Promise.all(queues.map((queue) => queue.close().catch(onError)));
    },
  };
}

async function openOnPostgres({ url, names, onError }: QueuePlace): Promise<OpenQueues> {
  const { createPostgresBackend, withBackend } = await load();
  // Nobody may have queued anything yet.
  await migrateJobs(url);
  const connection = { connectionString: url, schema, max: 1, query_timeout: answerMsMax, keepAlive: true };
  const { Queue: PostgresQueue } = withBackend(createPostgresBackend);
  const queues = names.map((name) => new PostgresQueue(name, { connection }));
  return {
    // The board's types know the queues on Redis alone; it asks either for the same.
    queues: queues as unknown as Queue[],
    async close() {
      await Promise.all(queues.map((queue) => queue.close().catch(onError)));
    },
  };
}
