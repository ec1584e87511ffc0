import { AppError } from '../../contracts/errors.ts';
import type { Notification, NotificationStatus } from '../../contracts/notification.ts';
import type { EscalationService } from '../escalations/service.ts';
import type { Actor, UnitOfWork, Work } from '../events/work.ts';
import { inBatches } from '../platform/batches.ts';
import type { Chance } from '../platform/identity.ts';
import { iso, isoOrNull } from '../platform/iso.ts';
import type { QueuedJob } from '../platform/job-queue.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { SettingsService } from '../settings/service.ts';
import type { ChannelService } from './channels.ts';
import { type Notice, reminderOf, wants } from './rules.ts';
import {
  deleteNotificationsBefore,
  findNotification,
  insertNotifications,
  listNotifications,
  lockNotification,
  type NotificationRow,
  renewNotification,
} from './store.ts';

export type NotificationService = ReturnType<typeof createNotificationService>;

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly chance: Chance;
  readonly settings: SettingsService;
  readonly escalations: EscalationService;
  readonly channels: ChannelService;
  /** After the commit: there is something to send. */
  readonly onMade: (jobs: readonly QueuedJob[]) => void;
  /** One attempt at a row that is claimed already. */
  readonly deliver: (row: NotificationRow) => Promise<unknown>;
  readonly claimMs: number;
}

interface ListQuery {
  readonly status?: NotificationStatus | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

const pageSize = 200;

/** Who is told of what: a row for each notice and channel, written before anything is sent. */
export function createNotificationService({
  postgres: { db },
  unitOfWork,
  chance,
  settings,
  escalations,
  channels,
  onMade,
  deliver,
  claimMs,
}: Deps) {
  const rowOf = (notice: Notice, channel: string, now: number) => ({
    ...notice,
    id: chance.id('ntf'),
    channel,
    status: 'pending' as const,
    attempts: 0,
    triedSince: now,
    nextAttemptAt: now,
    createdAt: now,
  });

  /** The rows are this work's; they are to be sent once it is committed. */
  async function make(work: Work, notices: readonly Notice[]): Promise<NotificationRow[]> {
    if (notices.length === 0) return [];
    const all = await channels.all(work.tx);
    const rows = notices.flatMap((notice) =>
      all.filter((channel) => wants(channel, notice)).map(({ name }) => rowOf(notice, name, work.now)),
    );
    return insertNotifications(work.tx, rows);
  }

  async function get(id: string): Promise<Notification> {
    const row = await findNotification(db, id);
    if (!row) throw noSuchNotification(id);
    return toNotification(row);
  }

  return {
    /** Everything that `change` does and the rows for its notices, together or not at all. */
    async tell(notices: readonly Notice[], change: (work: Work) => Promise<void>): Promise<void> {
      const made = await unitOfWork(async (work) => {
        const rows = await make(work, notices);
        await change(work);
        return rows;
      });
      if (made.length > 0) onMade(made.map(jobOf));
    },

    /**
     * Reminds of each open escalation that has waited longer than its priority's `escalation.timeout_*`, once for each time that this
     * has passed, seven times at most. Two at once harm nothing. `now`: milliseconds since 1970. Returns how many it made.
     */
    async remind(now: number): Promise<number> {
      const timeouts = {
        critical: await settings.read(db, 'escalation.timeout_critical'),
        high: await settings.read(db, 'escalation.timeout_high'),
        normal: await settings.read(db, 'escalation.timeout_normal'),
      };
      let count = 0;
      for (let after = ''; ; ) {
        const page = await escalations.openAfter(db, after, pageSize);
        const notices = page.flatMap(
          (waiting) => reminderOf(waiting, { now, timeoutMs: timeouts[waiting.priority] * 1_000 }) ?? [],
        );
        const made = await unitOfWork((work) => make(work, notices));
        if (made.length > 0) onMade(made.map(jobOf));
        count += made.length;
        const last = page.at(-1);
        if (last === undefined || page.length < pageSize) return count;
        after = last.id;
      }
    },

    async list(query: ListQuery) {
      const { rows, total } = await listNotifications(db, query);
      return { notifications: rows.map(toNotification), total, limit: query.limit, offset: query.offset };
    },

    /** Of a failed one a new beginning: it is tried at once, and for as long as a new one. */
    async retry(id: string): Promise<Notification> {
      const renewed = await unitOfWork(async (work) => {
        const row = await lockNotification(work.tx, id);
        if (!row) throw noSuchNotification(id);
        if (row.status !== 'failed') throw new AppError('notification_not_failed', `It is ${row.status}`);
        await channels.find(work.tx, row.channel);
        await renewNotification(work.tx, id, work.now);
        return { ...row, status: 'pending' as const, triedSince: work.now, nextAttemptAt: work.now };
      });
      onMade([jobOf(renewed)]);
      return toNotification(renewed);
    },

    /** Tries the channel now and once, whatever it wants to be told; the answer says how that went. */
    async test(actor: Actor, channel: string): Promise<Notification> {
      const claimed = await unitOfWork(async (work) => {
        await channels.find(work.tx, channel);
        const row = rowOf({ ...testNotice(actor, channel), cause: '' }, channel, work.now);
        const claim = { attempts: 1, claimedUntil: work.now + claimMs, cause: `test/${row.id}` };
        return insertNotifications(work.tx, [{ ...row, ...claim }]);
      });
      for (const row of claimed) await deliver(row);
      return get(claimed[0]?.id ?? '');
    },

    /** What was settled three months ago. */
    /** Removes those from before that are not on their way; returns how many went. */
    forgetOld: (before: number, signal: AbortSignal): Promise<number> =>
      inBatches((limit) => deleteNotificationsBefore(db, before, limit), signal),
  };
}

const testNotice = (actor: Actor, channel: string): Omit<Notice, 'cause'> => ({
  kind: 'test',
  severity: 'normal',
  title: 'Boardroom can reach you here',
  text: `${actor.name} tried the channel ${channel}.`,
  subject: { type: 'channel', id: channel, about: channel },
});

const jobOf = ({ id, attempts }: NotificationRow): QueuedJob => ({ rowId: id, attempt: attempts, delayMs: 0 });

const noSuchNotification = (id: string) => new AppError('notification_not_found', `There is no notification ${id}`);

const toNotification = (row: NotificationRow): Notification => ({
  ...row,
  nextAttemptAt: isoOrNull(row.nextAttemptAt),
  createdAt: iso(row.createdAt),
  sentAt: isoOrNull(row.sentAt),
});
