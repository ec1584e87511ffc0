import { sql } from 'drizzle-orm';
import type { Postgres } from '../platform/postgres.ts';
import { channels } from './topics.ts';

interface NudgeDeps {
  readonly postgres: Postgres;
  /** The relay of this process, while it leads. */
  readonly wakeOwnRelay: () => boolean;
  readonly onError: (error: unknown) => void;
}

/**
 * Tells the relay that something was committed. On the leader a call; elsewhere a NOTIFY, outside the
 * transaction (inside, it would make commits wait for each other) and one at a time, however many ask.
 */
export function createNudge({ postgres, wakeOwnRelay, onError }: NudgeDeps): () => void {
  let sending = false;
  let again = false;

  async function send(): Promise<void> {
    while (again) {
      again = false;
      await postgres.db.execute(sql`select pg_notify(${channels.events}, '')`).catch(onError);
    }
    sending = false;
  }

  return () => {
    if (wakeOwnRelay()) return;
    again = true;
    if (sending) return;
    sending = true;
    void send();
  };
}
