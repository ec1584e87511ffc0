import { hostname } from 'node:os';
import type { Feed } from './events/feed.ts';
import type { Foundation } from './foundation.ts';
import type { RuntimeMonitor } from './health.ts';
import { systemJobs } from './jobs/definitions.ts';
import type { Meaning } from './knowledge/meaning.ts';
import { heartbeatsMissedMax } from './leader-term.ts';
import { createAnswerLinks } from './notifiers/answer-links.ts';
import { type Notifiers, openNotifiers } from './notifiers/notifiers.ts';
import { systemClock as clock } from './platform/clock.ts';
import { createRedisJobQueue, openLater, openPostgresJobQueue } from './platform/job-queue.ts';
import { everySecond } from './platform/metronome.ts';
import { readPressure } from './platform/pressure.ts';
import { createSessionLocks } from './platform/session-locks.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import type { Services } from './services.ts';

// What works beside the API and the agents: opened by compose.ts, as one of its chapters.

/** Any number that no other lock of ours uses. */
const jobLocks = 7_261_004;

interface SchedulerParts {
  readonly services: Services;
  readonly notifiers: Notifiers;
  readonly monitor: RuntimeMonitor;
  readonly meaning: Meaning;
}

/** Maintenance and operators' own schedules: what is due, run by whichever replica is first. */
export function openScheduler(
  { config, lifecycle, log, bus, database, profiles, replica }: Foundation,
  { services, notifiers, monitor, meaning }: SchedulerParts,
): Scheduler {
  const { postgres } = database;
  const onError = (error: unknown) => log.warn({ err: error }, 'scheduler');
  const scheduler = createScheduler({
    runs: services.jobRuns,
    definitions: systemJobs({
      services,
      notifications: notifiers.notifications,
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

/** What tells humans elsewhere. The queue is on Redis where there is one, else on Postgres. */
export function openNotices(foundation: Foundation, services: Services, feed: Feed): Notifiers {
  const { config, database, teamId, log } = foundation;
  const options = {
    name: `notifications-${teamId}`,
    concurrency: jobsAtOnce,
    onError: (error: unknown) => log.debug({ err: error }, 'job queue'),
  };
  const { redisUrl } = config;
  const queue = openLater(() =>
    redisUrl === undefined
      ? openPostgresJobQueue({ ...options, url: database.url })
      : createRedisJobQueue({ ...options, url: redisUrl }),
  );
  const links = createAnswerLinks(foundation.encryptionKey, config.publicUrl);
  return openNotifiers(foundation, { services, feed, sealer: foundation.sealer, links, queue });
}
