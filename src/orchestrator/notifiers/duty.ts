import type { EventType } from '../../contracts/event.ts';
import type { Feed } from '../events/feed.ts';
import type { EventService } from '../events/service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Background } from '../queue/background.ts';
import { noticeOf } from './rules.ts';
import type { NotificationService } from './service.ts';

/** What the leader does for notifications, from `start` to `stop`. */
export interface Duty {
  start(): void;
  stop(): Promise<void>;
}

interface DutyDeps {
  readonly events: EventService;
  readonly feed: Pick<Feed, 'onEvent'>;
  readonly notifications: NotificationService;
  readonly background: Background;
  readonly clock: Clock;
  readonly everyMs: number;
  readonly onError: (error: unknown) => void;
}

/** Its place in the log, by this name. */
const reader = 'notifications';
const causes: readonly EventType[] = ['escalation_created', 'domain_requested'];
const pageSize = 100;

/**
 * Reads the log for what waits for a human, from where the last leader stopped, and makes a row for each channel that wants to know. The
 * place in the log is committed with the rows. Woken by the feed, and by a timer because hints get lost; then what is due is swept.
 */
export function createDuty({ events, feed, notifications, background, clock, everyMs, onError }: DutyDeps): Duty {
  const stopping = new AbortController();
  let nap = new AbortController();
  let running: Promise<void> | undefined;
  let unsubscribe: () => void = () => undefined;

  async function readOn(): Promise<void> {
    let after = await events.cursorOf(reader);
    while (!stopping.signal.aborted) {
      const page = await events.readTypesAfter(causes, after, pageSize);
      const last = page.at(-1);
      if (!last) return;
      const notices = page.flatMap((event) => noticeOf(event) ?? []);
      await notifications.tell(notices, (work) => events.saveCursor(work.tx, reader, last.seq));
      after = last.seq;
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      nap = new AbortController();
      for (const step of [readOn, background.sweep]) await step().catch(onError);
      await clock.sleep(everyMs, AbortSignal.any([nap.signal, stopping.signal]));
    }
  }

  return {
    start() {
      unsubscribe = feed.onEvent(({ eventType }) => {
        if (causes.includes(eventType)) nap.abort();
      });
      running ??= run();
    },
    async stop() {
      unsubscribe();
      stopping.abort();
      await running;
    },
  };
}
