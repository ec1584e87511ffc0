import { hostname } from 'node:os';
import { join } from 'node:path';
import type Dockerode from 'dockerode';
import { type Benchmarks, openBenchmarks } from './benchmark/benchmarks.ts';
import { loadLibrary } from './benchmark/library.ts';
import type { Feed } from './events/feed.ts';
import type { Foundation } from './foundation.ts';
import type { RuntimeMonitor } from './health.ts';
import { systemJobs } from './jobs/definitions.ts';
import type { Meaning } from './knowledge/meaning.ts';
import { heartbeatsMissedMax } from './leader-term.ts';
import type { Models } from './models/models.ts';
import { createAnswerLinks } from './notifiers/answer-links.ts';
import { type Notifiers, openNotifiers } from './notifiers/notifiers.ts';
import { systemClock as clock } from './platform/clock.ts';
import { createDockerCodeRunner } from './platform/docker-code.ts';
import { createRedisJobQueue, type JobQueue, openLater, openPostgresJobQueue } from './platform/job-queue.ts';
import { everySecond } from './platform/metronome.ts';
import { readPressure } from './platform/pressure.ts';
import { createProcessCodeRunner } from './platform/process-code.ts';
import { createQueueBoard, type QueueBoard } from './platform/queue-board.ts';
import { createSessionLocks } from './platform/session-locks.ts';
import type { ChosenRuntime } from './runtime-choice.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import type { Services } from './services.ts';

// What works beside the API and the agents: opened by compose.ts, as one of its chapters.

/** Any number that no other lock of ours uses. */
const jobLocks = 7_261_004;

interface SchedulerParts {
  readonly services: Services;
  readonly notifiers: Notifiers;
  readonly benchmarks: Benchmarks;
  readonly monitor: RuntimeMonitor;
  readonly meaning: Meaning;
}

/** Maintenance and operators' own schedules: what is due, run by whichever replica is first. */
export function openScheduler(
  { config, lifecycle, log, bus, database, profiles, replica }: Foundation,
  { services, notifiers, benchmarks, monitor, meaning }: SchedulerParts,
): Scheduler {
  const { postgres } = database;
  const onError = (error: unknown) => log.warn({ err: error }, 'scheduler');
  const scheduler = createScheduler({
    runs: services.jobRuns,
    definitions: systemJobs({
      services,
      notifications: notifiers.notifications,
      benchmarks: benchmarks.service,
      meaning,
      postgres,
      clock,
      sweepMs: config.every.sweepMs,
      silenceMsMax: heartbeatsMissedMax * config.every.heartbeatMs,
      profiles,
      documentsFolder: config.documents,
      host: hostname(),
      async readings() {
        const pressure = await readPressure(config.home, postgres.pool);
        return [
          { alert: 'disk', value: pressure.disk },
          { alert: 'memory', value: pressure.memory },
          { alert: 'pool', value: pressure.pool },
          { alert: 'redis', value: (await bus.status()) === 'error' ? 1 : 0 },
          { alert: 'runtime', value: monitor.state().status === 'unhealthy' ? 1 : 0 },
        ];
      },
    }),
    locks: createSessionLocks({ connect: postgres.connect, namespace: jobLocks, onError }),
    metronome: everySecond,
    replica,
    onError,
  });
  scheduler.start();
  lifecycle.onClose('scheduler', () => scheduler.stop());
  return scheduler;
}

/** Attempts at once, of one replica. */
const jobsAtOnce = 8;

/** Whose work waits in a queue of its own. */
type QueueOf = 'notifications' | 'benchmarks';
const queueName = (name: QueueOf, teamId: string) => `${name}-${teamId}`;

const queueErrors =
  ({ log }: Pick<Foundation, 'log'>) =>
  (error: unknown) =>
    log.debug({ err: error }, 'job queue');

/** What admins see of the queues, at this path. */
export function openQueueBoard(foundation: Foundation, path: string): QueueBoard['pages'] {
  const { config, database, teamId, lifecycle } = foundation;
  const names = [queueName('notifications', teamId), queueName('benchmarks', teamId)];
  const common = { names, onError: queueErrors(foundation) };
  const { redisUrl } = config;
  const board = createQueueBoard(
    redisUrl === undefined
      ? { ...common, kind: 'postgres', url: database.url }
      : { ...common, kind: 'redis', url: redisUrl },
    path,
  );
  lifecycle.onClose('queue board', board.close);
  return board.pages;
}

/** On Redis where there is one, else on Postgres. */
function openQueue(foundation: Foundation, name: QueueOf, concurrency: number): JobQueue {
  const { config, database, teamId } = foundation;
  const options = { name: queueName(name, teamId), concurrency, onError: queueErrors(foundation) };
  const { redisUrl } = config;
  return openLater(() =>
    redisUrl === undefined
      ? openPostgresJobQueue({ ...options, url: database.url })
      : createRedisJobQueue({ ...options, url: redisUrl }),
  );
}

/** What tells humans elsewhere. */
export function openNotices(foundation: Foundation, services: Services, feed: Feed): Notifiers {
  const queue = openQueue(foundation, 'notifications', jobsAtOnce);
  const links = createAnswerLinks(foundation.encryptionKey, foundation.config.publicUrl);
  return openNotifiers(foundation, { services, feed, sealer: foundation.sealer, links, queue });
}

/** Questions at once, of one replica: more would measure how the provider shares its time among them. */
const questionsAtOnce = 4;

interface BenchmarkParts {
  readonly services: Services;
  readonly feed: Feed;
  readonly models: Models;
  readonly docker: Dockerode;
  /** What runs agents runs models' code, too. */
  readonly runtime: Promise<ChosenRuntime | undefined>;
}

/** What compares models. */
export async function openComparison(foundation: Foundation, parts: BenchmarkParts): Promise<Benchmarks> {
  const { config, root, teamId } = foundation;
  const { docker, runtime, ...rest } = parts;
  const codeRunner = runtime.then((chosen) => {
    if (chosen?.runtime.kind === 'docker')
      return createDockerCodeRunner({ docker, teamId, image: config.agentImage, clock });
    return chosen && createProcessCodeRunner(clock);
  });
  const library = await loadLibrary(join(root, 'benchmarks'));
  const queue = openQueue(foundation, 'benchmarks', questionsAtOnce);
  return openBenchmarks(foundation, { ...rest, library, queue, codeRunner });
}
