import { system, type UnitOfWork } from '../events/work.ts';
import type { Clock } from '../platform/clock.ts';
import type { Chance } from '../platform/identity.ts';
import type { QueuedJob } from '../platform/job-queue.ts';
import type { Postgres } from '../platform/postgres.ts';
import { SealBroken } from '../platform/sealing.ts';
import type { Chore } from '../queue/background.ts';
import type { ChannelService } from './channels.ts';
import { nextAttemptAt, type Patience } from './rules.ts';
import type { Send } from './send.ts';
import { claimNotification, endAttempt, findDueNotifications, type NotificationRow } from './store.ts';
import { becauseOf, Undelivered } from './undelivered.ts';

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly channels: ChannelService;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly send: Send;
  readonly linkFor: (row: NotificationRow) => string | undefined;
  readonly patience: Patience;
  /** Longer than any attempt takes; whoever claimed a row and is silent for longer is dead. */
  readonly claimMs: number;
  /** Aborts when this replica closes. */
  readonly closing: AbortSignal;
  readonly onFailed: (id: string, error: unknown) => void;
}

const dueAtOnce = 200;

export interface Delivery extends Chore {
  /** One attempt at a row that the caller has claimed; returns the next one when there is to be one. */
  readonly deliver: (row: NotificationRow) => Promise<QueuedJob | undefined>;
}

/**
 * Sends what rows say, at least once each, with the row's id for receivers to know a repetition by. The row is claimed before and
 * closed after, both under a condition: whoever is killed in between is followed by another, and the late word of one that was only
 * slow changes nothing.
 */
export function createDelivery(deps: Deps): Delivery {
  const { postgres, unitOfWork, channels, clock, chance, send, linkFor, patience, claimMs, closing, onFailed } = deps;
  const { db } = postgres;

  async function attempt(row: NotificationRow): Promise<void> {
    const channel = await channels.open(row.channel).catch((error: unknown) => {
      throw error instanceof SealBroken ? unsealable(error) : error;
    });
    if (channel === undefined) throw new Undelivered('the channel was removed');
    if (!channel.enabled && row.kind !== 'test') throw new Undelivered('the channel is disabled');
    const link = channel.answerLinks ? linkFor(row) : undefined;
    const { target, allowPrivate } = channel;
    await send({ target, allowPrivate, message: { row, link }, signal: closing });
  }

  async function noteFailure(row: NotificationRow, error: unknown): Promise<QueuedJob | undefined> {
    const lastError = becauseOf(error);
    onFailed(row.id, error);
    const now = clock.now();
    const askedMs = error instanceof Undelivered ? error.askedMs : 0;
    const at =
      row.kind === 'test'
        ? undefined
        : nextAttemptAt({ now, triedSince: row.triedSince, askedMs, chance: chance.fraction() }, patience);
    if (at !== undefined) {
      const isOurs = await endAttempt(db, row, { lastError, nextAttemptAt: at });
      return isOurs ? { rowId: row.id, attempt: row.attempts, delayMs: at - now } : undefined;
    }
    await unitOfWork(async (work) => {
      if (!(await endAttempt(work.tx, row, { status: 'failed', lastError, nextAttemptAt: null }))) return;
      const { id: notificationId, channel, title } = row;
      work.append(system, 'notification_failed', { notificationId, channel, title, reason: lastError });
    });
    return undefined;
  }

  async function deliver(row: NotificationRow): Promise<QueuedJob | undefined> {
    try {
      await attempt(row);
    } catch (error) {
      if (!closing.aborted) return noteFailure(row, error);
      // Cut off by our own end: another replica, or our next start, goes on at once.
      await endAttempt(db, row, { nextAttemptAt: clock.now() });
      return undefined;
    }
    await endAttempt(db, row, { status: 'sent', sentAt: clock.now(), nextAttemptAt: null, lastError: null });
    return undefined;
  }

  return {
    deliver,
    async run(rowId) {
      if (closing.aborted) return undefined;
      const row = await claimNotification(db, rowId, { now: clock.now(), claimMs });
      return row && deliver(row);
    },
    async findDue(now) {
      const rows = await findDueNotifications(db, { now, claimMs }, dueAtOnce);
      return rows.map(({ id, attempts, nextAttemptAt: dueAt }) => ({
        rowId: id,
        attempt: attempts,
        dueAt: dueAt ?? now,
      }));
    },
  };
}

const unsealable = (cause: SealBroken) =>
  new Undelivered('the channel was set up under another BOARDROOM_ENCRYPTION_KEY; set it up anew', { cause });
