import { sql } from 'drizzle-orm';
import type { Postgres } from '../platform/postgres.ts';
import type { channels } from './topics.ts';

interface NudgeDeps {
  readonly postgres: Postgres;
  readonly channel: (typeof channels)[keyof typeof channels];
  /** What waits for it in this process, while it leads. */
  readonly wakeOwn: () => boolean;
  readonly onError: (error: unknown) => void;
}

/**
 * Tells what the leader runs that something was committed. On the leader a call; elsewhere a NOTIFY, outside the
 * transaction (inside, it would make commits wait for each other) and one at a time, however many ask.
 */
export function createNudge({ postgres, channel, wakeOwn, onError }: NudgeDeps): () => void {
  let sending = false;
  let again = false;

  async function send(): Promise<void> {
    while (again) {
      again = false;
      await postgres.db.execute(sql`select pg_notify(${channel}, '')`).catch(onError);
    }
    sending = false;
  }

  return () => {
    if (wakeOwn()) return;
    again = true;
    if (sending) return;
    sending = true;
    void send();
  };
}
