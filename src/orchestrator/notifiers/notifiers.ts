import { createResolve } from '../egress/addresses.ts';
import type { Feed } from '../events/feed.ts';
import type { Foundation } from '../foundation.ts';
import type { JobQueue } from '../platform/job-queue.ts';
import type { Sealer } from '../platform/sealing.ts';
import { createBackground } from '../queue/background.ts';
import type { Services } from '../services.ts';
import type { AnswerLinks } from './answer-links.ts';
import { type AnswerService, createAnswerService } from './answers.ts';
import { type ChannelService, createChannelService } from './channels.ts';
import { createDelivery } from './deliver.ts';
import { createDuty, type Duty } from './duty.ts';
import { createSender } from './send.ts';
import { createNotificationService, type NotificationService } from './service.ts';
import { becauseOf } from './undelivered.ts';

export interface Notifiers {
  readonly channels: ChannelService;
  readonly notifications: NotificationService;
  readonly answers: AnswerService;
  /** One for each term of a leader. */
  readonly createDuty: () => Duty;
}

interface Parts {
  readonly services: Services;
  readonly feed: Feed;
  readonly sealer: Sealer;
  readonly links: AnswerLinks;
  readonly queue: JobQueue;
}

/** Three attempts' time: who is silent for longer has died with its claim. */
const claimAttempts = 3;
/** Two sweeps find a row overdue before the leader does without the queue. */
const patienceSweeps = 2;

/** What is under way at the close gets this long. */
const farewellMs = 1_500;

/** Tells humans elsewhere that they are needed; on every replica, with the reading of the log on the leader. */
export function openNotifiers(foundation: Foundation, { services, feed, sealer, links, queue }: Parts): Notifiers {
  const { config, lifecycle, log, database, clock, chance } = foundation;
  const { postgres } = database;
  const { unitOfWork } = services;
  const { timeoutMs, retryMs, windowMs } = config.notify;
  const closing = new AbortController();
  const claimMs = claimAttempts * timeoutMs;
  const onError = (error: unknown) => log.warn({ err: error }, 'notifications');

  const channels = createChannelService({ postgres, unitOfWork, chance, sealer });
  const delivery = createDelivery({
    postgres,
    unitOfWork,
    channels,
    clock,
    chance,
    send: createSender({ resolve: createResolve([]), clock, timeoutMs }),
    linkFor: links.linkFor,
    patience: { retryMs, windowMs },
    claimMs,
    closing: closing.signal,
    // Errors of the network may quote what a URL hides.
    onFailed: (id, error) => log.warn({ notificationId: id, because: becauseOf(error) }, 'a notification was not sent'),
  });
  const patienceMs = patienceSweeps * config.every.sweepMs;
  const background = createBackground({ queue, chore: delivery, clock, patienceMs, onError });
  lifecycle.onClose('notifications', async () => {
    const done = background.close();
    // What is nearly sent need not be sent a second time by somebody else.
    const isDone = new AbortController();
    void done.finally(() => isDone.abort());
    await clock.sleep(farewellMs, isDone.signal);
    closing.abort();
    await done;
  });
  const notifications = createNotificationService({
    ...services,
    postgres,
    chance,
    channels,
    onMade: background.offer,
    deliver: delivery.deliver,
    claimMs,
  });
  const { events } = services;
  const everyMs = config.every.sweepMs;
  return {
    answers: createAnswerService({ ...services, postgres, clock, links, channels }),
    channels,
    notifications,
    createDuty: () => createDuty({ events, feed, notifications, background, clock, everyMs, onError }),
  };
}
